// Macros that other headers of a program may define, as <windows.h> and macOS's <AssertMacros.h> do.
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define ERROR 0
#define DELETE 0x00010000L
#if __cplusplus == 202002L
#define call renamed_call
#define check renamed_check
#else
#define call(function) function()
#define check(condition) (void)(condition)
#endif

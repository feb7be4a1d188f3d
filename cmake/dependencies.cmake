# Targets that a parent project has already, whether imported or built there, are used as they are; others are searched
# for.

# operate_find(TARGET ARGUMENT...): find_package(ARGUMENT... REQUIRED), unless the target exists.
macro(operate_find target)
  if(NOT TARGET ${target})
    find_package(${ARGN} REQUIRED)
  endif()
endmacro()

operate_find(nlohmann_json::nlohmann_json nlohmann_json 3.10.5)
operate_find(CURL::libcurl CURL 7.80)
operate_find(Threads::Threads Threads)
if(OPERATE_BUILD_TESTING)
  operate_find(OpenSSL::SSL OpenSSL 3.0)
  if(TARGET httplib::httplib)
    # The name that pkg-config's would have, so that all uses and the installed package have one name.
    add_library(PkgConfig::operate_httplib INTERFACE IMPORTED GLOBAL)
    target_link_libraries(PkgConfig::operate_httplib INTERFACE httplib::httplib)
  else()
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(operate_httplib REQUIRED IMPORTED_TARGET GLOBAL cpp-httplib>=0.11)
  endif()
  if(OPERATE_BUILD_EMULATOR)
    operate_find(CLI11::CLI11 CLI11)
  endif()
endif()
if(OPERATE_BUILD_TESTS)
  operate_find(GTest::gmock GTest)
endif()

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace operate::core {

/// Overwrites a text's memory, all of its capacity, and leaves it empty.
void wipe(std::string& text) noexcept;

/// Appends to a text that holds a secret: where it grows, the memory that it leaves is overwritten.
void append_secret(std::string& text, std::string_view more);

/// Bytes in one piece of memory of their own, which is overwritten before it is freed. Not a std::string,
/// whose short texts lie in the object itself and stay behind where it was moved from.
class Secret {
 public:
  explicit Secret(std::string_view text);
  ~Secret();
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::string_view view() const noexcept { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

/// Wipes a text at the end of a block, however it is left.
class WipeAtEnd {
 public:
  explicit WipeAtEnd(std::string& text) noexcept : text_(text) {}
  ~WipeAtEnd() { wipe(text_); }
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;

 private:
  std::string& text_;
};

}  // namespace operate::core

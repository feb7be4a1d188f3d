#pragma once

#include "core/secret.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace operate::http {

/// The list that libcurl reads, over memory that is ours and kept for the next one, and the key in it is
/// wiped.
class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { clear(); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  // `bytes` must be enough for all lines, so that no copy of the key stays behind where the memory was
  // before.
  void reserve(std::size_t count, std::size_t bytes) {
    text_.reserve(bytes);
    nodes_.reserve(count);
  }
  void clear() noexcept {
    core::wipe(text_);
    nodes_.clear();
    begin_ = 0;
  }

  // What one line takes beyond its name and value.
  static constexpr std::size_t overhead = 3;

  void add(std::string_view name, std::string_view value) {
    // libcurl takes `Name:` for a header to leave out and `Name;` for one with an empty value.
    const bool blank = value.find_first_not_of(" \t") == std::string_view::npos;
    text_.append(name).append(blank ? ";" : ": ");
    if (!blank) text_.append(value);
    end_line();
  }
  void leave_out(std::string_view name) {
    text_.append(name).append(":");
    end_line();
  }

  curl_slist* link() {
    for (std::size_t i = 1; i < nodes_.size(); ++i) nodes_[i - 1].next = &nodes_[i];
    return nodes_.data();
  }

 private:
  void end_line() {
    text_.push_back('\0');
    nodes_.push_back({text_.data() + begin_, nullptr});
    begin_ = text_.size();
  }

  std::string text_;  // The lines, each with a NUL behind it.
  std::size_t begin_ = 0;
  std::vector<curl_slist> nodes_;
};

}  // namespace operate::http

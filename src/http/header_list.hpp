#pragma once

#include "core/secret.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace operate::http {

/// The list that libcurl reads, over memory that is ours and kept for the next one. The key in it is wiped.
class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { clear(); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void add(std::string_view name, std::string_view value) {
    // libcurl takes `Name:` for a header to leave out and `Name;` for one with an empty value.
    const bool blank = value.find_first_not_of(" \t") == std::string_view::npos;
    begin_line(name);
    core::append_secret(text_, blank ? ";" : ": ");
    if (!blank) core::append_secret(text_, value);
    end_line();
  }
  void leave_out(std::string_view name) {
    begin_line(name);
    core::append_secret(text_, ":");
    end_line();
  }

  /// Good until the list is changed; null where it is empty.
  curl_slist* link() {
    nodes_.resize(lines_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      nodes_[i] = {text_.data() + lines_[i], i + 1 < nodes_.size() ? &nodes_[i + 1] : nullptr};
    return nodes_.empty() ? nullptr : nodes_.data();
  }

  void clear() noexcept {
    core::wipe(text_);
    lines_.clear();
  }

 private:
  void begin_line(std::string_view name) {
    lines_.push_back(text_.size());
    core::append_secret(text_, name);
  }
  void end_line() { core::append_secret(text_, std::string_view("\0", 1)); }

  std::string text_;                // The lines, each with a NUL behind it.
  std::vector<std::size_t> lines_;  // Where each begins.
  std::vector<curl_slist> nodes_;
};

}  // namespace operate::http

#include "core/secret.hpp"

#include <algorithm>
#include <cstring>

namespace operate::core {

namespace {

// Called through a volatile pointer, so that the compiler cannot leave out writes to memory that is about to
// be freed.
void* (*const volatile overwrite)(void*, int, std::size_t) = std::memset;

}  // namespace

void wipe(std::string& text) noexcept {
  // Bytes between the size and the capacity may only be written after they belong to the text; no growth here
  // is beyond the capacity, so nothing is allocated.
  text.resize(text.capacity());
  overwrite(text.data(), 0, text.size());
  text.clear();
}

void append_secret(std::string& text, std::string_view more) {
  if (more.size() > text.capacity() - text.size()) {
    std::string larger;
    larger.reserve(std::max(2 * text.capacity(), text.size() + more.size()));
    larger.append(text);
    wipe(text);
    text.swap(larger);
  }
  text.append(more);
}

Secret::Secret(std::string_view text) : size_(text.size()), bytes_(std::make_unique<char[]>(text.size())) {
  std::copy(text.begin(), text.end(), bytes_.get());
}

Secret::~Secret() { overwrite(bytes_.get(), 0, size_); }

}  // namespace operate::core

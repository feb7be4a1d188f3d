#pragma once

#include <curl/curl.h>

namespace operate::http {

/// Lets a transfer, and the multi's end, not wait for a name server that does not answer. libcurl 8.20 moved
/// the option from the easy handle to the multi. It is set by its number, so that a build against an older
/// header works with a newer library as well; an older library does not know the option.
inline void set_quick_exit(CURLM* multi) noexcept {
  constexpr int quick_exit = 21;
  curl_multi_setopt(multi, static_cast<CURLMoption>(quick_exit), 1L);
}

}  // namespace operate::http

#include "http/transfer.hpp"

#include "http/curl_transfer.hpp"
#include "sync/cancellation.hpp"

#include <new>
#include <optional>

namespace operate::http {

namespace {

// Until libcurl is done; empty where the transfer has to end before.
std::optional<CURLcode> drive(CURLM* multi, CurlTransfer& transfer) {
  for (;;) {
    int running = 0;
    if (curl_multi_perform(multi, &running) != CURLM_OK) throw std::bad_alloc();
    if (running == 0) {
      int left = 0;
      const CURLMsg* message = curl_multi_info_read(multi, &left);
      return message ? message->data.result : CURLE_RECV_ERROR;
    }
    if (transfer.must_end()) return std::nullopt;
    curl_multi_poll(multi, nullptr, 0, static_cast<int>(transfer.time_left().count()), nullptr);
  }
}

}  // namespace

TransportResult transfer(Handle& handle, const TransportSettings& settings, const TransportRequest& request,
                         const TransportLimits& limits) {
  using Connection = CurlTransfer::Connection;
  CURLM* multi = handle.multi();
  CurlTransfer transfer(handle.easy(), settings, request, limits,
                        handle.has_unasked_input() ? Connection::fresh : Connection::kept);
  transfer.start();
  if (curl_multi_add_handle(multi, handle.easy().get()) != CURLM_OK) throw std::bad_alloc();
  std::optional<CURLcode> code;
  {
    const detail::CancellationCallback wake(
        limits.cancel, [](void* to_wake) noexcept { curl_multi_wakeup(to_wake); }, multi);
    code = drive(multi, transfer);
  }
  handle.note_connection();
  curl_multi_remove_handle(multi, handle.easy().get());
  return transfer.finish(code);
}

}  // namespace operate::http

#pragma once

#include "http/async_transport.hpp"
#include "http/easy_handle.hpp"
#include "http/kept_sockets.hpp"
#include "http/transport_settings.hpp"
#include "http/waker.hpp"

#include <operate/transport.hpp>

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace operate::http {

/// Over libcurl. The attempts share connections: over HTTP/2 many of them one connection, otherwise each has
/// its own, at most TransportSettings::max_connections of them.
class MultiTransport : public AsyncTransport {
 public:
  explicit MultiTransport(TransportSettings settings);
  ~MultiTransport() override;

  void begin(void* owner, const TransportRequest& request, const TransportLimits& limits) override;
  void note_cancellation() noexcept override { next_check_ = {}; }
  void perform(std::vector<Ended>& ended) override;
  void wait(std::chrono::milliseconds at_most) override;
  void wake() noexcept override;
  std::size_t size() const noexcept override { return running_.size(); }
  /// One for each connection, or a hundred for each with a server that speaks HTTP/2.
  std::size_t capacity() const noexcept override;

 private:
  struct Running;
  void start(std::unique_ptr<Running> running, bool fresh);
  void add_new_ones(std::vector<Ended>& ended);
  void collect(std::vector<Ended>& ended);
  void end(Running& running, std::optional<CURLcode> code, std::vector<Ended>& ended);
  void end_those_out_of_time(std::vector<Ended>& ended);

  TransportSettings settings_;
  struct FreeMulti {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
  };
  std::unique_ptr<CURLM, FreeMulti> multi_;
  Waker waker_;
  KeptSockets kept_sockets_;
  bool multiplexes_ = false;
  std::vector<std::unique_ptr<Running>> running_;
  std::size_t outside_ = 0;  // Of those, how many are not in the multi yet.
  std::vector<std::unique_ptr<Running>> idle_;
  // Until then, no limit can run out.
  std::chrono::steady_clock::time_point next_check_ = {};
};

}  // namespace operate::http

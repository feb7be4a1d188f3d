#pragma once

#include "http/async_transport.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace operate::client {

/// Over a Transport of the user's own, which waits: a thread for each attempt that is under way, at most
/// `capacity` of them.
class TransportThreads : public http::AsyncTransport {
 public:
  TransportThreads(std::shared_ptr<Transport> transport, std::size_t capacity);
  ~TransportThreads() override;

  void begin(void* owner, const TransportRequest& request, const TransportLimits& limits) override;
  void note_cancellation() noexcept override {}  // The transport has the token.
  void perform(std::vector<Ended>& ended) override;
  void wait(std::chrono::milliseconds at_most) override;
  void wake() noexcept override;
  std::size_t size() const noexcept override { return size_; }
  std::size_t capacity() const noexcept override { return capacity_; }

 private:
  struct Attempt {
    void* owner;
    const TransportRequest* request;
    TransportLimits limits;
  };
  void run();

  const std::shared_ptr<Transport> transport_;
  const std::size_t capacity_;
  std::size_t size_ = 0;  // Of the attempts that perform() has not handed on yet.
  std::mutex mutex_;
  std::condition_variable work_, news_;
  std::deque<Attempt> waiting_;
  std::vector<Ended> ended_;
  std::size_t idle_ = 0;
  bool woken_ = false;
  bool over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace operate::client

#pragma once

#include <atomic>
#include <functional>
#include <memory>

namespace operate::client {

class Engine;

/// A client's engine, from the first time that one is asked for. After a fork the child begins anew and
/// leaves what it inherited alone, as HandlePool does: its thread is the parent's, and its lock may be held.
/// Any number of threads.
class EngineSlot {
 public:
  EngineSlot() = default;
  ~EngineSlot();
  EngineSlot(const EngineSlot&) = delete;
  EngineSlot& operator=(const EngineSlot&) = delete;

  Engine& get(const std::function<std::unique_ptr<Engine>()>& start);

 private:
  struct Running;
  std::atomic<Running*> running_{nullptr};
};

}  // namespace operate::client

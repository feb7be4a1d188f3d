#include "client/engine_slot.hpp"

#include "client/engine.hpp"
#include "sync/process.hpp"

namespace operate::client {

struct EngineSlot::Running {
  long process;
  std::unique_ptr<Engine> engine;
};

EngineSlot::~EngineSlot() {
  Running* running = running_.load();
  if (running && running->process == sync::process_id()) delete running;
}

Engine& EngineSlot::get(const std::function<std::unique_ptr<Engine>()>& start) {
  Running* running = running_.load(std::memory_order_acquire);
  const long process = sync::process_id();
  if (running && running->process == process) return *running->engine;
  auto own = std::make_unique<Running>(Running{process, start()});
  // Where another thread was faster, its engine is the one.
  if (running_.compare_exchange_strong(running, own.get())) return *own.release()->engine;
  return *running->engine;
}

}  // namespace operate::client

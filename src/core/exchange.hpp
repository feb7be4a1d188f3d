#pragma once

#include "core/api_key.hpp"

#include <operate/error.hpp>
#include <operate/transport.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace operate::core {

/// A call and what became of it so far: all that an error about it has to tell.
struct Exchange {
  std::string method = {};
  std::string path = {};
  std::chrono::system_clock::time_point time = {};  ///< When the call began.
  std::uint64_t call = 0;                           ///< Its number in events; 0 where nobody observes it.
  bool safe_to_repeat = false;
  std::shared_ptr<const ApiKey> key = {};  ///< The one last sent with; null where there was none yet.
  std::vector<std::shared_ptr<const ApiKey>> refused_keys =
      {};                        ///< Those that attempts before were sent with.
  bool asked_for_key = false;    ///< Its source was asked again, and had no other.
  std::string key_source = {};   ///< What the key was waited for from, where it was in vain.
  std::string key_trouble = {};  ///< Why its source could not be asked again, where it could not.
  bool key_may_come = false;     ///< That may pass by itself.
  std::vector<Attempt> attempts = {};
  TransportResponse answer = {};  ///< The last one, where there was one.
  bool out_of_time = false;       ///< Not repeated because the server asks for a wait beyond the deadline.
  bool out_of_retries = false;    ///< Not repeated because the client had no retry in reserve.
  /// Where nothing was sent because the server asked the client to stay away: for how long it still has to.
  std::optional<std::chrono::milliseconds> held_for = {};
  std::string transport = {};  ///< The library that sends, with its version; empty for one of the user's own.

  /// The text without the keys.
  std::string redact(std::string_view text) const {
    std::string result = key ? key->redact(text) : std::string(text);
    for (const auto& refused : refused_keys) result = refused->redact(result);
    return result;
  }
};

/// How long the server asks to wait before this call is repeated; empty where it does not.
std::optional<std::chrono::milliseconds> wait_asked_for(const TransportResponse& answer);

/// Throws the error that stands for an answer whose status is not from 200 to 299.
[[noreturn]] void raise_status(const Exchange& exchange);

/// Throws ConfigError: the source had no key to send the call with.
[[noreturn]] void raise_no_key(const Exchange& exchange, const ConfigError& error);

/// Throws the error that stands for a lost connection or a limit of time.
[[noreturn]] void raise_failure(const Exchange& exchange, const TransportFailure& failure);

/// Throws DecodeError. `problem` goes on behind "the answer".
[[noreturn]] void raise_undecodable(const Exchange& exchange, const std::string& problem);

}  // namespace operate::core

#pragma once

#include <operate/testing/emulator.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace operate {
inline namespace v0 {
namespace testing {

/// What the emulator decides about the way of an answer reaches the front in a header of that answer, which
/// the front takes out. Its name is drawn for each emulator and leaves it nowhere, so that neither a client
/// nor a handler that sends back what it was sent can write one.
std::string new_mark();

/// The header's value. `has_body` is false for the answer to a HEAD, which ends behind its headers whatever
/// its `Content-Length` says.
std::string mark_value(const std::optional<Fault>& fault, bool has_body);

/// An answer as it goes to the client, its mark taken out.
struct MarkedAnswer {
  std::string head;
  std::string body;
  std::optional<Fault> fault;
};

/// Takes the first answer out of the bytes that have come; empty where it is not whole yet.
std::optional<MarkedAnswer> take_answer(std::string& received, const std::string& mark);

}  // namespace testing
}  // namespace v0
}  // namespace operate

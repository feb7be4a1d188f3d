#pragma once

#include <operate/testing/received_request.hpp>
#include <operate/transport.hpp>

#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// A request, its path as in the URL, and what came of it.
struct Recorded {
  ReceivedRequest request = {};
  TransportResult result = {};
};

/// The file's exchanges. Throws std::runtime_error, with the path and the reason.
std::vector<Recorded> read_cassette(const std::string& path);

/// Throws std::system_error, with the path and the reason, where write_cassette() would. Leaves a file that
/// is there as it is.
void require_writable(const std::string& path);

/// Writes the file whole or not at all. Throws std::runtime_error, with the path and the reason.
void write_cassette(const std::string& path, const std::vector<Recorded>& exchanges);

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate

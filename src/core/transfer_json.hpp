#pragma once

#include <operate/transfer.hpp>

#include <nlohmann/json.hpp>

namespace operate::core {

/// Adds what may be told of a transfer, which is all but its request id: that may be anything.
inline void add_transfer(nlohmann::ordered_json& json, const Transfer& transfer) {
  json["http_version"] = transfer.http_version;
  json["connection_reused"] = transfer.connection_reused;
  json["bytes_sent"] = transfer.bytes_sent;
  json["bytes_received"] = transfer.bytes_received;
  json["name_lookup_us"] = transfer.name_lookup.count();
  json["connect_us"] = transfer.connect.count();
  json["tls_us"] = transfer.tls.count();
  json["first_byte_us"] = transfer.first_byte.count();
  json["total_us"] = transfer.total.count();
}

}  // namespace operate::core

#pragma once

#include "core/exchange.hpp"
#include "json/document.hpp"

#include <operate/page.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace operate::core {

/// The one error type that the API documents.
inline constexpr std::string_view authentication_error = "authentication_error";

/// The envelope's `error`; what is missing, or no JSON, is empty.
struct EnvelopeError {
  std::string type = {};
  std::string message = {};
};
EnvelopeError read_envelope_error(std::string_view body);

/// Throws the error of an answer that is none of success: another status than 2xx, or `success: false`. What
/// is under a 2xx and no JSON is none of its business.
void require_success(const Exchange& exchange);

/// The body as JSON. Throws DecodeError, and what require_success throws. The document refers to the
/// exchange.
json::Document read_document(const Exchange& exchange);

/// What the envelope holds under `data`. Throws DecodeError where `success` is not true or there is no
/// `data`.
json::Value read_data(const Exchange& exchange, const json::Document& document);

/// A documented list. Throws DecodeError for everything that is not one.
struct ListAnswer {
  std::vector<json::Value> items = {};
  Pagination pagination = {};
};
ListAnswer read_list(const Exchange& exchange, const json::Document& document, std::string_view list_key);

}  // namespace operate::core

#pragma once

#include <operate/export.hpp>
#include <operate/version.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// JSON exactly as it was sent, byte for byte, so that no member is lost because this SDK does not know it.
///
/// What the SDK hands out is one valid JSON value, nearly always an object. What a user puts in is checked
/// where it is used. The three readers look at a member of the object itself (not deeper) and parse the text
/// at every call; for more than a few members use `operate::parse` of <operate/json.hpp>.
///
/// Thread safety: like std::string.
class OPERATE_EXPORT JsonText {
 public:
  JsonText() = default;
  /// Takes any text; it is checked where it is used.
  explicit JsonText(std::string text) : text_(std::move(text)) {}

  /// The text, byte for byte.
  const std::string& text() const noexcept { return text_; }
  /// Whether there is no text at all.
  bool empty() const noexcept { return text_.empty(); }

  /// The member as a string, decoded to UTF-8. Empty where the member is missing or of another type, or where
  /// the text is no JSON object. Of members with the same name the last counts, here and below.
  std::optional<std::string> string(std::string_view member) const;

  /// The member as an integer. Empty also for numbers with a fraction or an exponent (`1.0`, `1e2`), and for
  /// those that 64 bits with a sign do not hold.
  std::optional<std::int64_t> integer(std::string_view member) const;

  /// The member as a boolean. Empty where the member is missing or of another type.
  std::optional<bool> boolean(std::string_view member) const;

  /// Compares the texts, not what they mean.
  friend bool operator==(const JsonText& a, const JsonText& b) { return a.text_ == b.text_; }
  /// Compares the texts, not what they mean.
  friend bool operator!=(const JsonText& a, const JsonText& b) { return a.text_ != b.text_; }

 private:
  std::string text_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace operate::json {

/// Deeper nesting is refused, so that no text can make a reader run out of stack.
inline constexpr int max_depth = 512;

enum class Kind : unsigned char { null, boolean, integer, other_number, string, array, object };

class Document;

/// One value of a Document; valid as long as the document and the text that it was parsed from. A value that
/// is not there is empty, and so is everything in it, so that look-ups chain without checks in between.
class Value {
 public:
  Value() = default;

  explicit operator bool() const noexcept { return document_ != nullptr; }
  bool is(Kind kind) const noexcept;

  /// The member of an object; of members with the same name the last counts.
  Value operator[](std::string_view name) const noexcept;

  /// The elements of an array or the members of an object, in order.
  std::vector<Value> elements() const;

  /// An object or array exactly as it stands in the text; empty for everything else.
  std::string_view text() const noexcept;

  /// A member's name, decoded; empty for what is not a member.
  std::string_view name() const noexcept;

  /// Each is empty where the value is not there or is of another kind.
  std::optional<std::string_view> string() const noexcept;
  std::optional<std::int64_t> integer() const noexcept;
  std::optional<bool> boolean() const noexcept;

  /// A number as it stands in the text; empty for everything else.
  std::optional<std::string> number_text() const;

  /// The line of the text in which the value ends (an object or array: begins), from 1; 0 where the text was
  /// not parsed with lines.
  std::size_t line() const noexcept;

 private:
  friend class Document;
  Value(const Document* document, std::size_t index) : document_(document), index_(index) {}
  const Document* document_ = nullptr;
  std::size_t index_ = 0;
};

/// A JSON text, checked as a whole, with its values in the order in which they stand: one pass, one flat
/// list, and each object's exact bytes known. Refers to the text that it was parsed from.
class Document {
 public:
  /// Empty where the text is not one whole valid JSON text in UTF-8, is nested deeper than max_depth, or is
  /// longer than 1 GiB.
  static std::optional<Document> parse(std::string_view text);

  /// The same for a text that people write: its values know their line, and where the text is none, `fault`
  /// is the line in which it stops being one.
  static std::optional<Document> parse_with_lines(std::string_view text, std::size_t& fault);

  /// Overwrites the strings, for a document that holds a secret. No value of it may be used afterwards.
  void wipe_strings() noexcept {
    // Volatile, because the compiler may leave out other writes to memory that is about to be freed.
    volatile char* at = strings_.data();
    for (std::size_t i = 0; i < strings_.size(); ++i) at[i] = '\0';
  }

  Document(Document&&) = default;
  Document& operator=(Document&&) = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  Value root() const noexcept { return Value(this, 0); }

 private:
  friend class Value;
  class Builder;

  // Strings stand decoded in strings_, each behind its length, and so do numbers that are no integers;
  // positions in it and in the text fit 32 bits.
  struct Slice {
    std::uint32_t begin, end;
  };
  struct Node {
    std::uint32_t name = no_name;
    std::uint32_t next = 0;  // The index behind this value and everything in it.
    union {
      Slice slice;
      std::uint32_t string;
      std::int64_t integer;
      bool boolean;
    };
    Kind kind = Kind::null;
    Node() : integer(0) {}
  };
  static constexpr std::uint32_t no_name = UINT32_MAX;

  Document() = default;
  static std::optional<Document> parse(std::string_view text, bool with_lines, std::size_t& position);
  std::string_view string_at(std::uint32_t position) const noexcept;

  std::string_view text_;
  std::vector<Node> nodes_;
  std::string strings_;
  std::vector<std::uint32_t> ends_;  // Of each node, the position where it ends; empty without lines.
};

/// Whether the text is valid UTF-8.
bool is_utf8(std::string_view text) noexcept;

}  // namespace operate::json

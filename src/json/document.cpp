#include "json/document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

namespace operate::json {

namespace {

// Tells where the parser is: nlohmann reports no positions, but reads no byte beyond a bracket before it
// reports it.
class CountingIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator() = default;
  CountingIterator(const char* at, std::size_t* position) : at_(at), position_(position) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*position_;
    return *this;
  }
  CountingIterator operator++(int) {
    const auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_ = nullptr;
  std::size_t* position_ = nullptr;
};

std::size_t line_of(std::string_view text, std::size_t position) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(position, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

std::uint32_t narrow(std::size_t size) { return static_cast<std::uint32_t>(size); }

}  // namespace

// Takes nlohmann's events; each returns whether to go on.
class Document::Builder {
 public:
  Builder(Document& document, const std::size_t& position, bool with_lines)
      : document_(document), position_(position), with_lines_(with_lines) {}

  bool null() {
    return add(Kind::null, [](Node&) {});
  }
  bool boolean(bool value) {
    return add(Kind::boolean, [&](Node& node) { node.boolean = value; });
  }
  bool number_integer(std::int64_t value) {
    return add(Kind::integer, [&](Node& node) { node.integer = value; });
  }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return number_float(0, std::to_string(value));
    return number_integer(static_cast<std::int64_t>(value));
  }
  bool number_float(double, const std::string& text) {
    const std::uint32_t at = keep(text);
    return add(Kind::other_number, [&](Node& node) { node.string = at; });
  }
  bool string(const std::string& value) {
    const std::uint32_t at = keep(value);
    return add(Kind::string, [&](Node& node) { node.string = at; });
  }
  bool binary(const nlohmann::json::binary_t&) { return false; }
  bool key(const std::string& value) {
    name_ = keep(value);
    return true;
  }
  bool start_object(std::size_t) { return open(Kind::object); }
  bool start_array(std::size_t) { return open(Kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) { return false; }

 private:
  template <class Set>
  bool add(Kind kind, Set set) {
    Node node;
    node.kind = kind;
    node.name = std::exchange(name_, no_name);
    set(node);
    document_.nodes_.push_back(node);
    document_.nodes_.back().next = narrow(document_.nodes_.size());
    if (with_lines_) {
      // A number's end shows only in the byte behind it.
      const bool number = kind == Kind::integer || kind == Kind::other_number;
      document_.ends_.push_back(narrow(position_ - (number ? 2 : 1)));
    }
    return true;
  }
  bool open(Kind kind) {
    if (open_.size() >= static_cast<std::size_t>(max_depth)) return false;
    open_.push_back(document_.nodes_.size());
    return add(kind, [&](Node& node) { node.slice = {narrow(position_ - 1), 0}; });
  }
  bool close() {
    Node& node = document_.nodes_[open_.back()];
    open_.pop_back();
    node.slice.end = narrow(position_);
    node.next = narrow(document_.nodes_.size());
    return true;
  }
  std::uint32_t keep(const std::string& value) {
    const std::uint32_t at = narrow(document_.strings_.size());
    const std::uint32_t size = narrow(value.size());
    document_.strings_.append(reinterpret_cast<const char*>(&size), sizeof size);
    document_.strings_.append(value);
    return at;
  }

  Document& document_;
  const std::size_t& position_;
  bool with_lines_;
  std::vector<std::size_t> open_;
  std::uint32_t name_ = no_name;
};

std::optional<Document> Document::parse(std::string_view text) {
  std::size_t position = 0;
  return parse(text, /*with_lines=*/false, position);
}

std::optional<Document> Document::parse_with_lines(std::string_view text, std::size_t& fault) {
  std::size_t position = 0;
  auto document = parse(text, /*with_lines=*/true, position);
  // The last byte that was read is the one that does not fit.
  if (!document) fault = line_of(text, position - std::min<std::size_t>(position, 1));
  return document;
}

std::optional<Document> Document::parse(std::string_view text, bool with_lines, std::size_t& position) {
  // A string takes at most twice its length in strings_ (`""` is the worst), so all positions fit 32 bits.
  if (text.size() > UINT32_MAX / 4) return std::nullopt;
  // nlohmann takes a NUL byte for the end of the text and would not see what stands behind it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    position = nul + 1;
    return std::nullopt;
  }

  Document document;
  document.text_ = text;
  // All at once, so that no string stays behind in memory that was outgrown; see wipe_strings().
  if (with_lines) document.strings_.reserve(2 * text.size());
  Builder builder(document, position, with_lines);
  const char* begin = text.data();
  if (!nlohmann::json::sax_parse(CountingIterator(begin, &position),
                                 CountingIterator(begin + text.size(), &position), &builder)) {
    if (with_lines) document.wipe_strings();
    return std::nullopt;
  }
  return document;
}

std::string_view Document::string_at(std::uint32_t position) const noexcept {
  std::uint32_t size = 0;
  std::memcpy(&size, strings_.data() + position, sizeof size);
  return std::string_view(strings_).substr(position + sizeof size, size);
}

bool Value::is(Kind kind) const noexcept { return document_ && document_->nodes_[index_].kind == kind; }

Value Value::operator[](std::string_view name) const noexcept {
  Value found;
  if (!is(Kind::object)) return found;
  const auto& nodes = document_->nodes_;
  for (std::size_t i = index_ + 1; i < nodes[index_].next; i = nodes[i].next)
    if (document_->string_at(nodes[i].name) == name) found = Value(document_, i);
  return found;
}

std::vector<Value> Value::elements() const {
  std::vector<Value> result;
  if (!is(Kind::array) && !is(Kind::object)) return result;
  const auto& nodes = document_->nodes_;
  for (std::size_t i = index_ + 1; i < nodes[index_].next; i = nodes[i].next)
    result.push_back(Value(document_, i));
  return result;
}

std::string_view Value::text() const noexcept {
  if (!is(Kind::array) && !is(Kind::object)) return {};
  const auto& slice = document_->nodes_[index_].slice;
  return document_->text_.substr(slice.begin, slice.end - slice.begin);
}

std::string_view Value::name() const noexcept {
  if (!document_ || document_->nodes_[index_].name == Document::no_name) return {};
  return document_->string_at(document_->nodes_[index_].name);
}

std::optional<std::string_view> Value::string() const noexcept {
  if (!is(Kind::string)) return std::nullopt;
  return document_->string_at(document_->nodes_[index_].string);
}

std::optional<std::int64_t> Value::integer() const noexcept {
  if (!is(Kind::integer)) return std::nullopt;
  return document_->nodes_[index_].integer;
}

std::optional<std::string> Value::number_text() const {
  if (is(Kind::integer)) return std::to_string(document_->nodes_[index_].integer);
  if (!is(Kind::other_number)) return std::nullopt;
  return std::string(document_->string_at(document_->nodes_[index_].string));
}

std::optional<bool> Value::boolean() const noexcept {
  if (!is(Kind::boolean)) return std::nullopt;
  return document_->nodes_[index_].boolean;
}

std::size_t Value::line() const noexcept {
  if (!document_ || document_->ends_.empty()) return 0;
  return line_of(document_->text_, document_->ends_[index_]);
}

bool is_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = at + text.size();
  while (at != end) {
    if (*at < 0x80) {
      ++at;
      continue;
    }
    // The first continuation byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF.
    const unsigned char first = *at;
    const int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || end - at < length) return false;
    const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < low || at[1] > high) return false;
    for (int i = 2; i < length; ++i)
      if ((at[i] & 0xC0) != 0x80) return false;
    at += length;
  }
  return true;
}

}  // namespace operate::json

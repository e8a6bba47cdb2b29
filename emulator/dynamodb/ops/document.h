// Document: a request body as a flat, read-only tree. One pass, no allocation per value and no
// recursion, so neither a large item nor 10,000 nested brackets cost more than their length; each
// value knows the text it came from, which attribute values are parsed from and stored as.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offstage::dynamodb {

enum class JsonKind : std::uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

class Node;

// Thread-compatible. Borrows the text given to Parse, which must outlive it and its nodes.
class Document {
 public:
  // Null for anything that is not one JSON document in valid UTF-8.
  static std::unique_ptr<Document> Parse(std::string_view text);
  Node root() const;

 private:
  friend class Node;
  friend class DocumentParser;
  struct Entry {
    // The value's own text, brackets and quotes included.
    std::string_view raw;
    // Strings: the characters. Numbers: the literal.
    std::string_view text;
    // Elements of an array, members of an object.
    std::uint32_t size = 0;
    // Index of the entry behind this value and all it holds.
    std::uint32_t end = 0;
    JsonKind kind = JsonKind::kNull;
  };

  std::vector<Entry> entries_;
  // Strings that had escapes. A deque: views into it stay valid while it grows.
  std::deque<std::string> unescaped_;
};

struct NodeMember;

// One value of a Document, or nothing: what is absent and what is JSON null are the same to every
// operation. Copies freely; valid as long as its document.
class Node {
 public:
  Node() = default;

  explicit operator bool() const { return document_ != nullptr && kind() != JsonKind::kNull; }
  JsonKind kind() const { return document_ == nullptr ? JsonKind::kNull : entry().kind; }
  bool is_string() const { return kind() == JsonKind::kString; }
  bool is_array() const { return kind() == JsonKind::kArray; }
  bool is_object() const { return kind() == JsonKind::kObject; }

  // The value as written; empty for nothing.
  std::string_view raw() const { return document_ == nullptr ? std::string_view() : entry().raw; }
  // A string's characters, a number's literal; empty for anything else.
  std::string_view text() const { return document_ == nullptr ? std::string_view() : entry().text; }
  // Also of the strings that the service takes for it: "true", "1" and "yes" in any case.
  bool is_true() const { return kind() == JsonKind::kTrue || spelled_boolean() == true; }
  // The boolean that a string spells ("false", "0" and "no" are the other one); null for other
  // strings and for what is no string.
  std::optional<bool> spelled_boolean() const;
  // A number without its fraction; saturates. 0 for anything else.
  std::int64_t integer() const;
  // How many elements or members.
  std::size_t size() const { return document_ == nullptr ? 0 : entry().size; }

  // The object's member, the last one if written twice; nothing if absent.
  Node operator[](std::string_view name) const;

  class ElementIterator;
  class MemberIterator;
  struct Elements;
  struct Members;
  Elements elements() const;
  Members members() const;

 private:
  friend class Document;
  Node(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
  const Document::Entry& entry() const { return document_->entries_[index_]; }
  Node At(std::uint32_t index) const { return {document_, index}; }

  const Document* document_ = nullptr;
  std::uint32_t index_ = 0;
};

struct NodeMember {
  std::string_view name;
  Node value;
};

class Node::ElementIterator {
 public:
  ElementIterator(const Document* document, std::uint32_t index)
      : document_(document), index_(index) {}
  Node operator*() const { return {document_, index_}; }
  ElementIterator& operator++() {
    index_ = document_->entries_[index_].end;
    return *this;
  }
  bool operator!=(const ElementIterator& other) const { return index_ != other.index_; }

 private:
  const Document* document_;
  std::uint32_t index_;
};

class Node::MemberIterator {
 public:
  MemberIterator(const Document* document, std::uint32_t index)
      : document_(document), index_(index) {}
  NodeMember operator*() const {
    return {document_->entries_[index_].text, Node(document_, index_ + 1)};
  }
  MemberIterator& operator++() {
    index_ = document_->entries_[index_ + 1].end;
    return *this;
  }
  bool operator!=(const MemberIterator& other) const { return index_ != other.index_; }

 private:
  const Document* document_;
  std::uint32_t index_;
};

struct Node::Elements {
  ElementIterator first;
  ElementIterator last;
  ElementIterator begin() const { return first; }
  ElementIterator end() const { return last; }
};

struct Node::Members {
  MemberIterator first;
  MemberIterator last;
  MemberIterator begin() const { return first; }
  MemberIterator end() const { return last; }
};

}  // namespace offstage::dynamodb

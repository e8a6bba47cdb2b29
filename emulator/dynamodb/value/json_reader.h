// JsonReader: walks JSON text from front to back without building anything. For text that may be
// hostile: strings are checked to be UTF-8, nothing recurses.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offstage::dynamodb {

// Thread-compatible. Borrows the text. After any call has returned false the text is no JSON and
// the reader must not be used any more.
class JsonReader {
 public:
  // kTrusted: text that this program wrote; strings are taken to be UTF-8.
  enum class Trust { kHostile, kTrusted };
  explicit JsonReader(std::string_view text, Trust trust = Trust::kHostile)
      : at_(text.data()), end_(text.data() + text.size()), trust_(trust) {}

  // The next character that is not white space; 0 at the end.
  char Peek() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
      ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  bool AtEnd() { return Peek() == '\0' && at_ == end_; }
  // Takes `wanted` if it is next.
  bool Take(char wanted) {
    if (Peek() != wanted || at_ == end_) return false;
    ++at_;
    return true;
  }
  // Takes a string. `text` views the source when nothing is escaped, else `scratch`.
  bool TakeString(std::string_view& text, std::string& scratch);
  bool TakeString(std::string& text);
  // Takes true, false, null or a number, as written.
  bool TakeLiteral(std::string_view& literal);
  // Takes any value; `raw` is its text.
  bool TakeValue(std::string_view& raw);

 private:
  bool TakeEscape(std::string& out);
  bool TakeUnicodeEscape(std::string& out);
  bool ReadHex4(unsigned& code);
  bool SkipString();

  const char* at_;
  const char* end_;
  Trust trust_;
};

// Walks the members of an object or the elements of an array:
//
//   JsonMembers members(reader);
//   while (members.Next(name)) { ...take exactly one value... }
//   if (members.failed()) ...
class JsonMembers {
 public:
  explicit JsonMembers(JsonReader& reader) : reader_(reader), failed_(!reader.Take('{')) {}
  // False at the end and on failure. `name` is valid until the next call.
  bool Next(std::string_view& name);
  bool failed() const { return failed_; }

 private:
  JsonReader& reader_;
  std::string scratch_;
  bool failed_;
  bool first_ = true;
};

class JsonElements {
 public:
  explicit JsonElements(JsonReader& reader) : reader_(reader), failed_(!reader.Take('[')) {}
  bool Next();
  bool failed() const { return failed_; }

 private:
  JsonReader& reader_;
  bool failed_;
  bool first_ = true;
};

}  // namespace offstage::dynamodb

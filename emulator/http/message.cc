#include "http/message.h"

#include <algorithm>

#include "base/text.h"

namespace offstage::http {

void Headers::Set(std::string_view name, std::string value) {
  const auto matches = [name](const Entry& entry) { return EqualsIgnoreCase(entry.first, name); };
  const auto first = std::find_if(entries_.begin(), entries_.end(), matches);
  if (first == entries_.end()) {
    Add(std::string(name), std::move(value));
    return;
  }
  *first = {std::string(name), std::move(value)};
  entries_.erase(std::remove_if(first + 1, entries_.end(), matches), entries_.end());
}

void Headers::Remove(std::string_view name) {
  std::erase_if(entries_,
                [name](const Entry& entry) { return EqualsIgnoreCase(entry.first, name); });
}

const std::string* Headers::Find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (EqualsIgnoreCase(entry.first, name)) return &entry.second;
  }
  return nullptr;
}

std::string_view Headers::Get(std::string_view name) const {
  const std::string* value = Find(name);
  return value == nullptr ? std::string_view() : *value;
}

std::vector<std::string_view> Headers::GetAll(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Entry& entry : entries_) {
    if (EqualsIgnoreCase(entry.first, name)) values.emplace_back(entry.second);
  }
  return values;
}

std::string_view Request::RawPath() const {
  const std::string_view all = target;
  return all.substr(0, all.find('?'));
}

std::string_view Request::RawQuery() const {
  const std::string_view all = target;
  const auto mark = all.find('?');
  return mark == std::string_view::npos ? std::string_view() : all.substr(mark + 1);
}

std::string WithoutLineBreaks(std::string value) {
  for (char& c : value) {
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  }
  return value;
}

std::string WireText(const Reply& reply) {
  std::string text =
      "HTTP/1.1 " + std::to_string(reply.status) + (reply.status < 400 ? " OK\r\n" : " Error\r\n");
  for (const auto& [name, value] : reply.headers) {
    text += name;
    text += ": ";
    text += WithoutLineBreaks(value);
    text += "\r\n";
  }
  text += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
  text += reply.body;
  return text;
}

}  // namespace offstage::http

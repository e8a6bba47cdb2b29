// Names of streams, shards, positions and iterators.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offstage::streams {

// A table's name and the label of one of its streams.
struct StreamName {
  std::string table;
  std::string label;
  friend bool operator==(const StreamName&, const StreamName&) = default;
};

struct Account {
  std::string region;
  std::string id;
};

// "arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/stream/LABEL"
std::string ArnOf(const StreamName& name, const Account& account);
// Null: not the ARN of a stream of this account.
std::optional<StreamName> ParseArn(std::string_view arn, const Account& account);

// When the stream was made, which its label says; 0 for a label that says nothing.
std::int64_t CreatedMillis(std::string_view label);

// A stream has one shard here.
std::string ShardIdOf(const StreamName& name);

// Positions count a database's changes from 1; 0 lies before all of them. As text they are decimal
// numbers of 21 digits, so that they sort alike as numbers and as text.
std::string SequenceNumber(std::int64_t position);
std::optional<std::int64_t> ParseSequenceNumber(std::string_view text);

// The service's eventID: 32 hexadecimal digits, always the same for the same change.
std::string EventId(const StreamName& name, std::int64_t position);

struct Iterator {
  StreamName stream;
  // The last position read.
  std::int64_t position = 0;
  std::int64_t created_ms = 0;
};
std::string ToText(const Iterator& iterator, const Account& account);
std::optional<Iterator> ParseIterator(std::string_view text, const Account& account);

}  // namespace offstage::streams

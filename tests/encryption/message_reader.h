// Reads the AWS Encryption SDK's messages of version 1 with algorithm suite 0x0378, written from
// the format's description alone, so that it does not share mistakes with what is tested.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace offstage::encryption::test {

struct MessageHeader {
  std::string message_id;
  std::map<std::string, std::string> context;
  // Of the only encrypted data key.
  std::string provider;
  std::string provider_info;
  std::string encrypted_key;
  std::uint32_t frame_length = 0;
  // The header's bytes without its proof.
  std::string bytes;
  std::string nonce;
  std::string proof;
  // All that follows the header.
  std::string rest;
};

// Null: it is no such message.
std::optional<MessageHeader> ReadHeader(std::string_view message);

// The text, when the header's proof, each frame and the signature are good. `data_key`: decrypted.
std::optional<std::string> ReadMessage(std::string_view message, std::string_view data_key);

}  // namespace offstage::encryption::test

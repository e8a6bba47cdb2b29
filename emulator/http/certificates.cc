#include "http/certificates.h"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

namespace offstage::http {
namespace {

namespace fs = std::filesystem;

using BioPointer = std::unique_ptr<BIO, OpenSslFree<BIO_free_all>>;

constexpr long kDay = 24 * 60 * 60;
constexpr long kAuthorityDays = 3650;
constexpr long kHostDays = 397;
// An authority is made anew when it would expire within this.
constexpr long kRenewDays = 30;

// Where systems keep the authorities that they trust.
constexpr std::array kSystemBundles = {"/etc/ssl/certs/ca-certificates.crt",
                                       "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
                                       "/opt/homebrew/etc/ca-certificates/cert.pem"};

KeyPointer MakeKey() {
  return KeyPointer(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

void SetName(X509_NAME* name, const std::string& text) {
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
}

void AddExtension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  if (extension == nullptr) return;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Everything but extensions and signature.
CertificatePointer Begin(EVP_PKEY* key, const std::string& name, long days) {
  CertificatePointer certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  // Clocks of virtual machines may lag behind.
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay);
  X509_set_pubkey(certificate.get(), key);
  // Common names are limited to 64 characters; the subject's alternative name counts.
  SetName(X509_get_subject_name(certificate.get()), name.substr(0, 64));
  return certificate;
}

CertificatePointer MakeAuthority(EVP_PKEY* key) {
  CertificatePointer certificate =
      Begin(key, "offstage, this machine's own authority", kAuthorityDays);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

BioPointer OpenFile(const fs::path& path, const char* mode) {
  return BioPointer(BIO_new_file(path.c_str(), mode));
}

bool IsUsable(X509* certificate, EVP_PKEY* key) {
  if (certificate == nullptr || key == nullptr) return false;
  if (X509_check_private_key(certificate, key) != 1) return false;
  std::time_t soon = std::time(nullptr) + kRenewDays * kDay;
  return X509_cmp_time(X509_get0_notAfter(certificate), &soon) > 0;
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

Status WriteBundle(const fs::path& folder) {
  std::string text;
  const char* named = std::getenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe): never set
  if (named != nullptr) text = ReadText(named);
  for (const char* path : kSystemBundles) {
    if (text.empty()) text = ReadText(path);
  }
  if (!text.empty() && text.back() != '\n') text += '\n';
  std::ofstream file(folder / "bundle.pem", std::ios::binary | std::ios::trunc);
  file << text << ReadText(folder / "ca.pem");
  file.close();
  if (!file) return Fail(Error{"cannot write " + (folder / "bundle.pem").string()});
  return Ok();
}

Status WriteAuthority(const fs::path& folder, X509* certificate, EVP_PKEY* key) {
  const fs::path key_path = folder / "ca-key.pem";
  std::error_code ignored;
  fs::remove(key_path, ignored);
  const mode_t before = ::umask(0077);
  const BioPointer key_file = OpenFile(key_path, "w");
  ::umask(before);
  const BioPointer file = OpenFile(folder / "ca.pem", "w");
  if (key_file == nullptr || file == nullptr ||
      PEM_write_bio_PrivateKey(key_file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(file.get(), certificate) != 1) {
    return Fail(Error{"cannot write a certificate authority into " + folder.string()});
  }
  return Ok();
}

}  // namespace

CertificateAuthority::CertificateAuthority(KeyPointer key, CertificatePointer certificate)
    : key_(std::move(key)), certificate_(std::move(certificate)), host_key_(MakeKey()) {}

Result<std::unique_ptr<CertificateAuthority>> CertificateAuthority::Open(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return Fail(Error{fmt::format("cannot make {}: {}", folder.string(), error.message())});
  }
  fs::permissions(folder, fs::perms::owner_all, error);
  CertificatePointer certificate;
  KeyPointer key;
  if (const BioPointer file = OpenFile(folder / "ca.pem", "r"))
    certificate.reset(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  if (const BioPointer file = OpenFile(folder / "ca-key.pem", "r"))
    key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  if (!IsUsable(certificate.get(), key.get())) {
    key = MakeKey();
    certificate = MakeAuthority(key.get());
    OFFSTAGE_TRY_VOID(WriteAuthority(folder, certificate.get(), key.get()));
  }
  OFFSTAGE_TRY_VOID(WriteBundle(folder));
  return std::unique_ptr<CertificateAuthority>(
      new CertificateAuthority(std::move(key), std::move(certificate)));
}

SSL_CTX* CertificateAuthority::ContextFor(const std::string& host) {
  const MutexLock lock(mutex_);
  ContextPointer& context = contexts_[host];
  if (context != nullptr) return context.get();
  const std::string name = host.empty() ? "localhost" : host;
  const CertificatePointer certificate = Begin(host_key_.get(), name, kHostDays);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate.get(), certificate_.get(), NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate.get(), certificate_.get(), NID_ext_key_usage, "serverAuth");
  AddExtension(certificate.get(), certificate_.get(), NID_authority_key_identifier, "keyid");
  AddExtension(certificate.get(), certificate_.get(), NID_subject_alt_name,
               host.empty() ? "DNS:localhost,IP:127.0.0.1" : "DNS:" + name);
  X509_sign(certificate.get(), key_.get(), EVP_sha256());
  context.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), host_key_.get());
  return context.get();
}

}  // namespace offstage::http

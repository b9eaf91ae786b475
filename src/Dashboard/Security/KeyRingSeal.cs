using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace SentinelHealth.Dashboard.Security;

/// <summary>Where the secret is that keys in the database are sealed under.</summary>
internal sealed record KeyRingSecret(byte[] Key)
{
    private const int BytesMin = 32;
    private const int BytesMax = 4_096;

    /// <summary>Derives the key from a file of at least 32 bytes, the same for all processes.</summary>
    /// <exception cref="IOException">The file cannot be read or is too short.</exception>
    public static KeyRingSecret Of(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var secret = new byte[BytesMax];
            var length = stream.ReadAtLeast(secret, secret.Length, throwOnEndOfStream: false);
            return length >= BytesMin
                ? new KeyRingSecret(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret[..length], 32, info: "sentinel-key-ring-v1"u8.ToArray()))
                : throw new IOException($"Storage:Postgres:KeyRingFile: the file has fewer than {BytesMin} bytes.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException("Storage:Postgres:KeyRingFile: the file may not be read.");
        }
    }
}

/// <summary>Seals keys before they are stored: AES-256 in Galois/counter mode with a fresh nonce each.</summary>
internal sealed class KeyRingSealer(KeyRingSecret secret) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var (cipher, tag) = (new byte[plain.Length], new byte[AesGcm.TagByteSizes.MaxSize]);
        using var aes = new AesGcm(secret.Key, tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        var sealedText = Convert.ToBase64String([.. nonce, .. tag, .. cipher]);
        return new EncryptedXmlInfo(new XElement("sealed", sealedText), typeof(KeyRingOpener));
    }
}

/// <summary>Opens what <see cref="KeyRingSealer"/> sealed. Made by the ring, by name.</summary>
internal sealed class KeyRingOpener(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var secret = services.GetService<KeyRingSecret>()
            ?? throw new CryptographicException("The keys in the database are sealed, and Storage:Postgres:KeyRingFile does not say under what.");
        var bytes = Convert.FromBase64String(encryptedElement.Value);
        var (nonceBytes, tagBytes) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        if (bytes.Length < nonceBytes + tagBytes)
            throw new CryptographicException("A sealed key is too short.");
        var plain = new byte[bytes.Length - nonceBytes - tagBytes];
        using var aes = new AesGcm(secret.Key, tagBytes);
        aes.Decrypt(bytes.AsSpan(0, nonceBytes), bytes.AsSpan(nonceBytes + tagBytes), bytes.AsSpan(nonceBytes, tagBytes), plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}

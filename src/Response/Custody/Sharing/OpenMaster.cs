using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>A master key in the open, with what it opens first: the key that persons' names are hashed under.</summary>
/// <param name="Generation">Grows with each exchange.</param>
/// <param name="Key">The master key.</param>
/// <param name="NameKey">What identifiers are made with.</param>
internal sealed record OpenMaster(long Generation, byte[] Key, byte[] NameKey)
{
    private const int KeyBytes = 32;

    public static OpenMaster New(long generation, byte[] nameKey) =>
        new(generation, RandomNumberGenerator.GetBytes(KeyBytes), nameKey);

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>The identifier of a person's key. A person who comes back after an erasure gets the next one.</summary>
    public byte[] IdOf(string subject, int times) => HMACSHA256.HashData(
        NameKey, Encoding.UTF8.GetBytes(FormattableString.Invariant($"{times}\n{subject}")))[..EvidencePayload.KeyIdBytes];

    public byte[] Wrap(byte[] key) => KeyWrap.Wrap(Key, key);

    public byte[] Unwrap(byte[] wrapped) => KeyWrap.Unwrap(Key, wrapped);

    /// <summary>The master key for a custodian alone.</summary>
    public byte[] For(string custodian, byte[] publicKey) => CustodianPair.Wrap(publicKey, Key, About(custodian, Generation));

    /// <summary>What a custodian's copy is bound to.</summary>
    public static byte[] About(string custodian, long generation) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{custodian}\n{generation}"));
}

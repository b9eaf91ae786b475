using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>A process that holds, or asks for, the master key of persons' keys and a signing key of the evidence log.</summary>
/// <param name="Id">The identifier of its signing key.</param>
/// <param name="Name">What people call it: its machine.</param>
/// <param name="IsAdmitted">Whether it was given the master key.</param>
/// <param name="IsOutstanding">Whether it still holds a private key from before the newest master key.</param>
/// <param name="SeenAt">When it last said that it is there.</param>
public sealed record Custodian(string Id, string Name, bool IsAdmitted, bool IsOutstanding, DateTimeOffset SeenAt);

/// <summary>A custodian's row.</summary>
internal sealed record CustodianRow(
    string Id, string Name, byte[] Key, string Signing, byte[] Seal, byte[]? Wrapped, long Renewed, long SeenAt)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Its signing key; null when that is not the one its identifier is of.</summary>
    public EvidenceKey? SigningKey
    {
        get
        {
            try
            {
                return JsonSerializer.Deserialize<EvidenceKey>(Signing, Json) is { } key && key.Id == Id
                    && FileSigner.IdOf(Convert.FromBase64String(key.PublicKey)) == Id ? key with { Introduced = null } : null;
            }
            catch (Exception fault) when (fault is JsonException or FormatException)
            {
                // Whoever wrote that is no process of ours.
                return null;
            }
        }
    }

    public static string Text(EvidenceKey key) => JsonSerializer.Serialize(key with { Introduced = null }, Json);
}

/// <summary>
/// Shows that what lies in the database was put there by a process that has the cluster's secret: else whoever can write to the database
/// could make itself a custodian. Without a secret everything is taken as it is.
/// </summary>
internal sealed class CustodySeal(byte[]? secret)
{
    private readonly byte[]? _key = secret is null
        ? null : HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "sentinel-custody-seal-v1"u8.ToArray());

    /// <summary>Whether there is a secret.</summary>
    public bool IsSecret => _key is not null;

    public byte[] OfCustodian(string id, byte[] key, string signing) =>
        Of($"custodian\n{id}\n{Convert.ToHexString(key)}\n{signing}");

    public byte[] OfVault(long generation, byte[] master, byte[] names) =>
        Of(FormattableString.Invariant($"vault\n{generation}\n{Convert.ToHexString(master)}\n{Convert.ToHexString(names)}"));

    public bool IsOf(CustodianRow row) => IsSame(row.Seal, OfCustodian(row.Id, row.Key, row.Signing));

    public bool IsOf(VaultRow row) => IsSame(row.Seal, OfVault(row.Generation, row.Master, row.Names));

    private bool IsSame(byte[] seal, byte[] expected) => _key is null || CryptographicOperations.FixedTimeEquals(seal, expected);

    private byte[] Of(string text) => _key is null ? [] : HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
}

/// <summary>The vault's own row.</summary>
internal sealed record VaultRow(long Generation, byte[] Master, byte[] Names, byte[] Seal);

using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Detection.Federation;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>The contributions of other sites that were let in, the keys they are known by, and this site's privacy account.</summary>
/// <remarks>One document for each site below <c>baselines</c>, in the data folder or in the database; removing one is removing the site.</remarks>
internal sealed class BaselineStore(IDocuments documents)
{
    /// <summary>Sites at most.</summary>
    public const int SitesMax = 1_000;

    private const string Folder = "baselines/";
    private const string Extension = ".contribution";
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>In files of the data folder.</summary>
    public BaselineStore(string dataFolder) : this(new FolderDocuments(dataFolder))
    {
    }

    /// <summary>Every contribution that was let in, in order of the sites' names.</summary>
    /// <exception cref="BaselineStoreException">A file cannot be read or is not what was let in.</exception>
    public IReadOnlyList<SignedContribution> Read()
    {
        var names = documents.Names(Folder).Where(name => name.EndsWith(Extension, StringComparison.Ordinal)).ToList();
        return names.Count <= SitesMax
            ? [.. names.Select(name => Parse(name, Document(name) ?? []))]
            : throw new BaselineStoreException($"{Folder}: More than {SitesMax} sites.");
    }

    /// <summary>What the sites that were let in find usual.</summary>
    public PeerBaseline Baseline() => PeerBaseline.Of(Read().Select(site => site.Contribution));

    /// <summary>Reads one file, wherever it is.</summary>
    public static SignedContribution ReadFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > SignedContribution.BytesMax)
                throw new ContributionException($"The file is longer than {SignedContribution.BytesMax} bytes.");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return Parse(path, bytes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ContributionException)
        {
            throw new BaselineStoreException($"{path}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Keeps a contribution and the key it was signed with, instead of the site's earlier one.</summary>
    public void Keep(SignedContribution signed, ECDsa key)
    {
        Write(KeyName(signed.Contribution.Site), PemOf(key));
        Write(NameOf(signed.Contribution.Site), signed.ToBytes());
    }

    /// <summary>Removes a site's contribution; false when there is none. Its key stays known.</summary>
    public bool Remove(string site) => Contribution.IsSiteName(site) && documents.Remove(NameOf(site));

    /// <summary>The key a site is known by; null when it never contributed.</summary>
    public ECDsa? KeyOf(string site) =>
        Document(KeyName(site)) is { } pem ? ParseKey(KeyName(site), () => System.Text.Encoding.ASCII.GetString(pem)) : null;

    /// <summary>Reads a public or private key (PEM).</summary>
    public static ECDsa ReadKey(string path) => ParseKey(path, () => File.ReadAllText(path));

    /// <summary>What this site has published so far.</summary>
    public PrivacyAccount ReadAccount()
    {
        try
        {
            if (documents.Read(AccountName) is not { } text)
                return PrivacyAccount.New;
            return JsonSerializer.Deserialize<PrivacyAccount>(text, Web) is { Spendings: not null } account
                ? account
                : throw new BaselineStoreException($"{AccountName}: The privacy account is empty.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // Guessing that nothing was published would break what people were promised.
            throw new BaselineStoreException($"{AccountName}: The privacy account cannot be read, so nothing can be published.");
        }
    }

    /// <summary>Writes the account, before anything is published.</summary>
    public void Write(PrivacyAccount account) => Write(AccountName, JsonSerializer.SerializeToUtf8Bytes(account, Web));

    private void Write(string name, byte[] body)
    {
        try
        {
            documents.Change(name, _ => body);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BaselineStoreException($"{name}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private byte[]? Document(string name)
    {
        try
        {
            return documents.Read(name);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BaselineStoreException($"{name}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static SignedContribution Parse(string name, byte[] bytes)
    {
        try
        {
            return SignedContribution.Read(bytes);
        }
        catch (ContributionException fault)
        {
            throw new BaselineStoreException($"{name}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static ECDsa ParseKey(string name, Func<string> read)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(read());
            return key;
        }
        catch (Exception fault) when (
            fault is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new BaselineStoreException($"{name}: No ECDSA key in PEM can be read from it.");
        }
    }

    private const string AccountName = Folder + "privacy-account.json";

    private static string NameOf(string site) => Folder + site + Extension;

    private static string KeyName(string site) => Folder + site + ".pem";

    private static byte[] PemOf(ECDsa key) => System.Text.Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n");
}

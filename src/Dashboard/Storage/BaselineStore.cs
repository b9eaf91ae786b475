using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Detection.Federation;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>The contributions of other sites that were let in, the keys they are known by, and this site's privacy account.</summary>
/// <remarks>One file for each site below <c>baselines</c> in the data folder; removing one is removing the site.</remarks>
internal sealed class BaselineStore(string dataFolder)
{
    /// <summary>Sites at most.</summary>
    public const int SitesMax = 1_000;

    private const string Extension = ".contribution";
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _folder = Path.Combine(dataFolder, "baselines");

    /// <summary>Every contribution that was let in, in order of the sites' names.</summary>
    /// <exception cref="BaselineStoreException">A file cannot be read or is not what was let in.</exception>
    public IReadOnlyList<SignedContribution> Read()
    {
        if (!Directory.Exists(_folder))
            return [];
        var paths = Directory.GetFiles(_folder, "*" + Extension).Order(StringComparer.Ordinal).ToList();
        return paths.Count <= SitesMax
            ? [.. paths.Select(ReadFile)]
            : throw new BaselineStoreException($"{_folder}: More than {SitesMax} sites.");
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
            return SignedContribution.Read(bytes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ContributionException)
        {
            throw new BaselineStoreException($"{path}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Keeps a contribution and the key it was signed with, instead of the site's earlier one.</summary>
    public void Keep(SignedContribution signed, ECDsa key)
    {
        Directory.CreateDirectory(_folder);
        Replace(KeyPath(signed.Contribution.Site), stream => stream.Write(PemOf(key)));
        Replace(PathOf(signed.Contribution.Site), stream => stream.Write(signed.ToBytes()));
    }

    /// <summary>Removes a site's contribution; false when there is none. Its key stays known.</summary>
    public bool Remove(string site)
    {
        if (!Contribution.IsSiteName(site) || !File.Exists(PathOf(site)))
            return false;
        File.Delete(PathOf(site));
        return true;
    }

    /// <summary>The key a site is known by; null when it never contributed.</summary>
    public ECDsa? KeyOf(string site) => File.Exists(KeyPath(site)) ? ReadKey(KeyPath(site)) : null;

    /// <summary>Reads a public or private key (PEM).</summary>
    public static ECDsa ReadKey(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception fault) when (
            fault is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new BaselineStoreException($"{path}: No ECDSA key in PEM can be read from it.");
        }
    }

    /// <summary>What this site has published so far.</summary>
    public PrivacyAccount ReadAccount()
    {
        if (!File.Exists(AccountPath))
            return PrivacyAccount.New;
        try
        {
            var text = File.ReadAllText(AccountPath);
            return JsonSerializer.Deserialize<PrivacyAccount>(text, Web) is { Spendings: not null } account
                ? account
                : throw new BaselineStoreException($"{AccountPath}: The privacy account is empty.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // Guessing that nothing was published would break what people were promised.
            throw new BaselineStoreException($"{AccountPath}: The privacy account cannot be read, so nothing can be published.");
        }
    }

    /// <summary>Writes the account, before anything is published.</summary>
    public void Write(PrivacyAccount account)
    {
        Directory.CreateDirectory(_folder);
        Replace(AccountPath, stream => JsonSerializer.Serialize(stream, account, Web));
    }

    private static void Replace(string path, Action<Stream> write)
    {
        try
        {
            WholeFile.Replace(path, write);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BaselineStoreException($"{path}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private string AccountPath => Path.Combine(_folder, "privacy-account.json");

    private string PathOf(string site) => Path.Combine(_folder, site + Extension);

    private string KeyPath(string site) => Path.Combine(_folder, site + ".pem");

    private static byte[] PemOf(ECDsa key) => System.Text.Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n");
}

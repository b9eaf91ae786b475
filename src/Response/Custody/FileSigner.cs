using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>Signs with a key in a file that only its owner may read; every later key is introduced by the one before it.</summary>
/// <remarks>Safe from many threads. Rotating is for one process: the one that has the log open.</remarks>
public sealed class FileSigner : IEvidenceSigner
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _folder;
    private readonly Lock _gate = new();
    private IReadOnlyList<EvidenceKey> _keys;
    private byte[] _private;

    private FileSigner(string folder, IReadOnlyList<EvidenceKey> keys, byte[] @private) =>
        (_folder, _keys, _private) = (folder, keys, @private);

    /// <inheritdoc/>
    public IReadOnlyList<EvidenceKey> Keys => _keys;

    /// <summary>Opens the key in use, made when there is none.</summary>
    /// <param name="folder">The folder of the evidence log; keys are <c>keys.json</c> (public) and <c>key-N.pk8</c> (mode 0600).</param>
    /// <param name="algorithm">For a first key.</param>
    /// <exception cref="EvidenceTamperedException">The private key is gone, another one, or may be read by others.</exception>
    public static FileSigner Open(string folder, SigningAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        var files = new EvidenceFolder(folder);
        files.Create();
        if (!File.Exists(files.Keys))
            return Begin(folder, files, algorithm);
        var keys = Read(files);
        var path = PathOf(folder, keys.Count - 1);
        if (!File.Exists(path))
            throw new EvidenceTamperedException($"The signing key {path} of the evidence log is gone.");
        var secret = OwnerFile.Read(path);
        if (IdOf(SigningAlgorithm.Of(keys[^1].Algorithm).PublicOf(secret)) != keys[^1].Id)
            throw new EvidenceTamperedException($"{path} is not the key that the evidence log was signed with.");
        return new FileSigner(folder, keys, secret);
    }

    /// <summary>The public keys of a log, without its private one; empty when there are none.</summary>
    public static IReadOnlyList<EvidenceKey> ReadKeys(string folder)
    {
        var files = new EvidenceFolder(folder);
        return File.Exists(files.Keys) ? Read(files) : [];
    }

    /// <inheritdoc/>
    public EvidenceSignature Sign(byte[] message)
    {
        lock (_gate)
            return Sign(_keys[^1], _private, message);
    }

    /// <summary>Takes a new key into use, introduced by the one in use, which is destroyed.</summary>
    public EvidenceKey Rotate(SigningAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        lock (_gate)
        {
            var secret = algorithm.CreateKey();
            var key = PublicPart(algorithm, secret);
            key = key with { Introduced = Sign(_keys[^1], _private, IntroductionOf(key.Id)) };
            var path = PathOf(_folder, _keys.Count);
            // What a crash left of an earlier attempt was never announced.
            if (File.Exists(path))
                OwnerFile.Destroy(path);
            OwnerFile.Create(path, secret);
            Write(new EvidenceFolder(_folder), [.. _keys, key]);
            OwnerFile.Destroy(PathOf(_folder, _keys.Count - 1));
            (_keys, _private) = ([.. _keys, key], secret);
            return key;
        }
    }

    /// <summary>What the key before signs to introduce one.</summary>
    internal static byte[] IntroductionOf(string keyId) => Encoding.UTF8.GetBytes("sentinel-key-v1\n" + keyId);

    private static FileSigner Begin(string folder, EvidenceFolder files, SigningAlgorithm algorithm)
    {
        var path = PathOf(folder, 0);
        if (File.Exists(files.Head))
            throw new EvidenceTamperedException($"{files.Head} is signed, but {files.Keys} is gone.");
        if (!File.Exists(path))
            OwnerFile.Create(path, algorithm.CreateKey());
        var secret = OwnerFile.Read(path);
        IReadOnlyList<EvidenceKey> keys = [PublicPart(algorithm, secret)];
        Write(files, keys);
        return new FileSigner(folder, keys, secret);
    }

    private static EvidenceSignature Sign(EvidenceKey key, byte[] secret, byte[] message) =>
        new(key.Algorithm, key.Id, Convert.ToBase64String(SigningAlgorithm.Of(key.Algorithm).Sign(secret, message)));

    internal static EvidenceKey PublicPart(SigningAlgorithm algorithm, byte[] secret)
    {
        var key = algorithm.PublicOf(secret);
        return new EvidenceKey(IdOf(key), algorithm.Name, Convert.ToBase64String(key), null);
    }

    internal static string IdOf(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 16));

    private static List<EvidenceKey> Read(EvidenceFolder files)
    {
        try
        {
            return JsonSerializer.Deserialize<List<EvidenceKey>>(File.ReadAllText(files.Keys), Json) is { Count: > 0 } keys
                ? keys
                : throw new EvidenceTamperedException($"{files.Keys} names no key.");
        }
        catch (JsonException fault)
        {
            throw new EvidenceTamperedException($"{files.Keys} is not what was written.", fault);
        }
    }

    private static void Write(EvidenceFolder files, IReadOnlyList<EvidenceKey> keys) =>
        OwnerFile.Replace(files.Keys, JsonSerializer.SerializeToUtf8Bytes(keys, Json));

    private static string PathOf(string folder, int number) =>
        Path.Combine(folder, "key-" + number.ToString(CultureInfo.InvariantCulture) + ".pk8");
}

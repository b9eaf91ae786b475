using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody.Sharing;

/// <summary>
/// Signs with a key of this process alone, which never leaves its data folder; the log's public keys are those that processes share, each
/// introduced by one before it.
/// </summary>
/// <remarks>Safe from many threads.</remarks>
public sealed class SharedSigner : IEvidenceSigner
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly EvidenceFolder _folder;
    private readonly byte[] _private;
    private readonly Lock _gate = new();
    private IReadOnlyList<EvidenceKey> _keys;

    private SharedSigner(EvidenceFolder folder, byte[] @private, EvidenceKey own, IReadOnlyList<EvidenceKey> keys) =>
        (_folder, _private, Own, _keys) = (folder, @private, own, keys);

    /// <summary>The public part of this process's own key.</summary>
    public EvidenceKey Own { get; }

    /// <summary>Whether the log knows this process's key.</summary>
    public bool IsIntroduced => _keys.Any(key => key.Id == Own.Id);

    /// <inheritdoc/>
    public IReadOnlyList<EvidenceKey> Keys => _keys;

    /// <summary>Opens this process's key, made when there is none: <c>key-N.pk8</c>, the one with the highest number.</summary>
    /// <param name="folder">The folder of the evidence log.</param>
    /// <param name="algorithm">For a new key.</param>
    /// <exception cref="EvidenceTamperedException">The key may be read by others, or the log was signed here and the key is gone.</exception>
    public static SharedSigner Open(string folder, SigningAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        var files = new EvidenceFolder(folder);
        files.Create();
        var keys = FileSigner.ReadKeys(folder);
        var path = Directory.EnumerateFiles(folder, "key-*.pk8").MaxBy(NumberOf) ?? Path.Combine(folder, "key-0.pk8");
        if (!File.Exists(path))
        {
            if (keys.Count > 0)
                throw new EvidenceTamperedException($"{files.Keys} names keys of the evidence log, but this process's own, {path}, is gone.");
            OwnerFile.Create(path, algorithm.CreateKey());
        }
        var secret = OwnerFile.Read(path);
        var used = keys.Select(key => SigningAlgorithm.Of(key.Algorithm)).Append(algorithm).First(one => Fits(one, secret));
        return new SharedSigner(files, secret, FileSigner.PublicPart(used, secret), keys);
    }

    /// <inheritdoc/>
    public EvidenceSignature Sign(byte[] message) => IsIntroduced ? SignAsOwn(message)
        : throw new InvalidOperationException("The evidence log does not know this process's key yet.");

    /// <summary>Takes the log's keys as processes share them, and keeps them beside the log.</summary>
    /// <exception cref="EvidenceTamperedException">They are not those of before and later ones, each introduced by one before it.</exception>
    public void Adopt(IReadOnlyList<EvidenceKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        lock (_gate)
            Take(keys);
    }

    /// <summary>A key of another process with this one's signature that it belongs to the log.</summary>
    public EvidenceKey Introduce(EvidenceKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key with { Introduced = Sign(FileSigner.IntroductionOf(key.Id)) };
    }

    private void Take(IReadOnlyList<EvidenceKey> keys)
    {
        // What somebody read before others were introduced is the beginning of what is known.
        if (keys.Count <= _keys.Count && keys.SequenceEqual(_keys.Take(keys.Count)))
            return;
        if (keys.Count < _keys.Count || !keys.Take(_keys.Count).SequenceEqual(_keys))
            throw new EvidenceTamperedException("The database has other keys of the evidence log than this process has seen.");
        for (var i = _keys.Count; i < keys.Count; i++)
            Check(keys, i);
        OwnerFile.Replace(_folder.Keys, JsonSerializer.SerializeToUtf8Bytes(keys, Json));
        _keys = keys;
    }

    private EvidenceSignature SignAsOwn(byte[] message) =>
        new(Own.Algorithm, Own.Id, Convert.ToBase64String(SigningAlgorithm.Of(Own.Algorithm).Sign(_private, message)));

    private static void Check(IReadOnlyList<EvidenceKey> keys, int number)
    {
        var key = keys[number];
        if (FileSigner.IdOf(Convert.FromBase64String(key.PublicKey)) != key.Id)
            throw new EvidenceTamperedException($"The key {key.Id} of the evidence log is not the one its identifier is of.");
        if (number == 0 && key.Introduced is null)
            return;
        var by = key.Introduced is { } introduced ? keys.Take(number).FirstOrDefault(one => one.Id == introduced.KeyId) : null;
        if (by is null || !IsSigned(by, key.Introduced!, FileSigner.IntroductionOf(key.Id)))
            throw new EvidenceTamperedException($"The key {key.Id} of the evidence log was not introduced by one before it.");
    }

    /// <summary>Whether a signature is by a key.</summary>
    internal static bool IsSigned(EvidenceKey by, EvidenceSignature signature, byte[] message) =>
        by.Id == signature.KeyId && by.Algorithm == signature.Algorithm && SigningAlgorithm.Of(by.Algorithm).Verify(
            Convert.FromBase64String(by.PublicKey), message, Convert.FromBase64String(signature.Value));

    private static bool Fits(SigningAlgorithm algorithm, byte[] secret)
    {
        try
        {
            return algorithm.PublicOf(secret).Length > 0;
        }
        catch (CryptographicException)
        {
            // A key of another algorithm.
            return false;
        }
    }

    private static int NumberOf(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path)["key-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : -1;
}

using System.Security.Cryptography;

namespace SentinelHealth.Response.Custody;

/// <summary>The key that wraps subjects' keys: 32 bytes in a file of mode 0600, and how it is exchanged without ever having neither.</summary>
internal sealed class MasterKey(string path)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private byte[] _key = [];

    /// <summary>Which key: a hash of it.</summary>
    public byte[] Id => IdOf(_key);

    private string NextPath => path + ".next";

    /// <summary>Reads the key, made when there is none, and finishes an exchange that a crash left half done.</summary>
    /// <param name="idInUse">The key that what is stored is wrapped under; null when nothing is.</param>
    /// <exception cref="EvidenceTamperedException">The key in use is gone.</exception>
    public void Open(byte[]? idInUse)
    {
        if (!File.Exists(path) && idInUse is null)
            OwnerFile.Create(path, RandomNumberGenerator.GetBytes(KeyBytes));
        if (File.Exists(NextPath) && idInUse is not null && IdOf(OwnerFile.Read(NextPath)).AsSpan().SequenceEqual(idInUse))
            Promote();
        else if (File.Exists(NextPath))
            OwnerFile.Destroy(NextPath);
        if (!File.Exists(path))
            throw new EvidenceTamperedException($"Subjects' keys exist, but the key they are wrapped under, {path}, is gone.");
        _key = OwnerFile.Read(path);
        if (_key.Length != KeyBytes || (idInUse is not null && !Id.AsSpan().SequenceEqual(idInUse)))
            throw new EvidenceTamperedException($"{path} is not the key that subjects' keys are wrapped under.");
    }

    /// <summary>Puts another key in place of this one. The rewrapping must be durable when it returns.</summary>
    /// <param name="rewrap">Wraps everything again: from a function that unwraps to one that wraps, under the key of an identifier.</param>
    public void Exchange(Action<Func<byte[], byte[]>, Func<byte[], byte[]>, byte[]> rewrap)
    {
        var (old, next) = (_key, RandomNumberGenerator.GetBytes(KeyBytes));
        OwnerFile.Create(NextPath, next);
        rewrap(wrapped => Unwrap(old, wrapped), key => Wrap(next, key), IdOf(next));
        Promote();
        _key = next;
        CryptographicOperations.ZeroMemory(old);
    }

    public byte[] Wrap(byte[] key) => Wrap(_key, key);

    public byte[] Unwrap(byte[] wrapped) => Unwrap(_key, wrapped);

    private void Promote()
    {
        if (File.Exists(path))
            OwnerFile.Destroy(path);
        File.Move(NextPath, path);
    }

    private static byte[] IdOf(byte[] key) => SHA256.HashData([.. "sentinel-master-v1\n"u8, .. key])[..16];

    private static byte[] Wrap(byte[] master, byte[] key)
    {
        var wrapped = new byte[NonceBytes + TagBytes + key.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(master, TagBytes);
        aes.Encrypt(
            wrapped.AsSpan(0, NonceBytes), key, wrapped.AsSpan(NonceBytes + TagBytes), wrapped.AsSpan(NonceBytes, TagBytes));
        return wrapped;
    }

    private static byte[] Unwrap(byte[] master, byte[] wrapped)
    {
        var key = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(master, TagBytes);
        aes.Decrypt(
            wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes + TagBytes), wrapped.AsSpan(NonceBytes, TagBytes), key);
        return key;
    }
}

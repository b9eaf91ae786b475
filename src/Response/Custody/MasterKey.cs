using System.Security.Cryptography;

namespace SentinelHealth.Response.Custody;

/// <summary>The key that wraps subjects' keys: 32 bytes in a file of mode 0600, and how it is exchanged without ever having neither.</summary>
internal sealed class MasterKey(string path)
{
    private const int KeyBytes = 32;

    private byte[] _key = [];

    /// <summary>Which key: a hash of it.</summary>
    public byte[] Id => KeyWrap.IdOf(_key);

    private string NextPath => path + ".next";

    /// <summary>Reads the key, made when there is none, and finishes an exchange that a crash left half done.</summary>
    /// <param name="idInUse">The key that what is stored is wrapped under; null when nothing is.</param>
    /// <exception cref="EvidenceTamperedException">The key in use is gone.</exception>
    public void Open(byte[]? idInUse)
    {
        if (!File.Exists(path) && idInUse is null)
            OwnerFile.Create(path, RandomNumberGenerator.GetBytes(KeyBytes));
        if (File.Exists(NextPath) && idInUse is not null
            && KeyWrap.IdOf(OwnerFile.Read(NextPath)).AsSpan().SequenceEqual(idInUse))
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
        rewrap(wrapped => KeyWrap.Unwrap(old, wrapped), key => KeyWrap.Wrap(next, key), KeyWrap.IdOf(next));
        Promote();
        _key = next;
        CryptographicOperations.ZeroMemory(old);
    }

    public byte[] Wrap(byte[] key) => KeyWrap.Wrap(_key, key);

    public byte[] Unwrap(byte[] wrapped) => KeyWrap.Unwrap(_key, wrapped);

    /// <summary>Destroys the file: what is wrapped under it opens nothing any more.</summary>
    public void Destroy()
    {
        foreach (var file in new[] { path, NextPath }.Where(File.Exists))
            OwnerFile.Destroy(file);
    }

    private void Promote()
    {
        if (File.Exists(path))
            OwnerFile.Destroy(path);
        File.Move(NextPath, path);
    }
}

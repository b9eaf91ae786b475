namespace SentinelHealth.Ingest.Sources;

/// <summary>A renamed file with something still to be read.</summary>
/// <param name="Path">Where it is now.</param>
/// <param name="From">Where its unread part begins.</param>
internal readonly record struct RotatedFile(string Path, FilePosition From);

/// <summary>
/// What a log file was renamed to: <c>name.*</c> beside it, known by content and put in order by when each was last written, so that
/// none is passed over when several came while nobody read.
/// </summary>
internal sealed class RotatedFiles(string path)
{
    /// <summary>Files looked at, newest first.</summary>
    private const int FilesMax = 100;

    private const string RecordStarts = "{[<";
    private static readonly string[] Compressed = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip"];

    /// <summary>Looks for the file that holds what was read.</summary>
    /// <param name="position">How far was read.</param>
    /// <param name="mayGrow">Whether the writer may still have that file open: then its end counts as a rest.</param>
    /// <param name="next">The rest of that file, or else the oldest one written after it; null when nothing of either is left.</param>
    /// <returns>False when no file holds it any more.</returns>
    public bool TryFind(FilePosition position, bool mayGrow, out RotatedFile? next)
    {
        next = null;
        foreach (var candidate in position.Byte == 0 ? [] : NewestFirst())
        {
            using var file = TryOpen(candidate.FullName);
            if (file is null)
                continue;
            if (position.IsIn(file.SafeFileHandle))
            {
                if (RandomAccess.GetLength(file.SafeFileHandle) > position.Byte || (mayGrow && next is null))
                    next = new(candidate.FullName, position);
                return true;
            }
            if (HoldsRecords(file))
                next = new(candidate.FullName, FilePosition.Start);
        }
        next = null;
        return false;
    }

    /// <summary>Others may go on writing, renaming and deleting it. Buffered by the line reader, not here.</summary>
    public static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private IEnumerable<FileInfo> NewestFirst()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return new DirectoryInfo(folder).EnumerateFiles(Path.GetFileName(path) + ".*")
            .Where(file => !Compressed.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
            .OrderByDescending(file => file.LastWriteTimeUtc).Take(FilesMax);
    }

    /// <summary>Null when it was removed or renamed again since the folder was listed.</summary>
    private static FileStream? TryOpen(string path)
    {
        try
        {
            return Open(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Somebody's notes beside a log are not its continuation.</summary>
    private static bool HoldsRecords(FileStream file)
    {
        Span<byte> head = stackalloc byte[64];
        var start = head[..RandomAccess.Read(file.SafeFileHandle, head, 0)];
        if (start.StartsWith("\uFEFF"u8))
            start = start["\uFEFF"u8.Length..];
        start = start.TrimStart(" \t\r\n"u8);
        return !start.IsEmpty && RecordStarts.Contains((char)start[0], StringComparison.Ordinal);
    }
}

namespace SentinelHealth.Dashboard.Storage;

/// <summary>Files that are there in full or as they were.</summary>
internal static class WholeFile
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Writes a file whole or not at all: a run that dies leaves the old one.</summary>
    public static void Replace(string path, Action<Stream> write)
    {
        var draft = path + ".new";
        using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }
}

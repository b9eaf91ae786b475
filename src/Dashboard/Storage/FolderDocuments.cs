namespace SentinelHealth.Dashboard.Storage;

/// <summary>Documents as files of the data folder, for one process.</summary>
internal sealed class FolderDocuments(string folder) : IDocuments
{
    private readonly Lock _changing = new();

    public IReadOnlyList<string> Names(string beginning)
    {
        var place = beginning[..(beginning.LastIndexOf('/') + 1)];
        return !Directory.Exists(PathOf(place)) ? [] :
        [
            .. Directory.EnumerateFiles(PathOf(place)).Select(path => place + Path.GetFileName(path))
                .Where(name => name.StartsWith(beginning, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
    }

    public byte[]? Read(string name) => File.Exists(PathOf(name)) ? File.ReadAllBytes(PathOf(name)) : null;

    public string MarkOf(string name)
    {
        var file = new FileInfo(PathOf(name));
        return file.Exists ? FormattableString.Invariant($"{file.LastWriteTimeUtc.Ticks}/{file.Length}") : "";
    }

    public void Change(string name, Func<byte[]?, byte[]> change)
    {
        lock (_changing)
        {
            var changed = change(Read(name));
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
            WholeFile.Replace(PathOf(name), stream => stream.Write(changed));
        }
    }

    public bool Remove(string name)
    {
        lock (_changing)
        {
            var isThere = File.Exists(PathOf(name));
            File.Delete(PathOf(name));
            return isThere;
        }
    }

    public void Dispose()
    {
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}

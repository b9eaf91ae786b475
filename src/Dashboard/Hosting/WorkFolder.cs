using SentinelHealth.Dashboard.Commands;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>A folder to work in: a given one is kept, a temporary one is removed at the end.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly bool _isTemporary;

    private WorkFolder(string path, bool isTemporary) => (Path, _isTemporary) = (path, isTemporary);

    public string Path { get; }

    public static WorkFolder Open(string? given) => given is null
        ? new WorkFolder(Directory.CreateTempSubdirectory("sentinel-").FullName, isTemporary: true)
        : new WorkFolder(DataFolder.OpenOrCreate(given), isTemporary: false);

    public void Dispose()
    {
        if (_isTemporary)
            Directory.Delete(Path, recursive: true);
    }
}

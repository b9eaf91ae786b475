using System.Globalization;

namespace SentinelHealth.Response.Custody;

/// <summary>Where the parts of an evidence log lie.</summary>
internal sealed class EvidenceFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string SegmentExtension = ".segment";

    public string Path { get; } = path;

    public string Lock => At("lock");

    public string Places => At("places");

    public string Nodes => At("nodes");

    public string Head => At("head.json");

    public string Anchors => At("anchors.ndjson");

    public string Keys => At("keys.json");

    public void Create()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Path);
        else
            Directory.CreateDirectory(Path, OwnerOnly);
    }

    public string Segment(int number) => At(number.ToString("D8", CultureInfo.InvariantCulture) + SegmentExtension);

    /// <summary>How many segments there are. They are numbered from 0 without gaps.</summary>
    public int SegmentCount()
    {
        var count = 0;
        while (File.Exists(Segment(count)))
            count++;
        return count;
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);
}

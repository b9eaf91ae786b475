using SentinelHealth.Response.Monitoring;

namespace SentinelHealth.Dashboard.Storage;

/// <summary>What an observer remembers, in a file of the data folder.</summary>
internal sealed class ObserverMemory(string path) : IObserverMemory
{
    public const string FileName = "sources.state";

    public byte[] Read() => File.Exists(path) ? File.ReadAllBytes(path) : [];

    public void Write(byte[] state) => WholeFile.Replace(path, stream => stream.Write(state));
}

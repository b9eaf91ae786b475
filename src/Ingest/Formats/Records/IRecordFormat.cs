using System.Text.Json;

namespace SentinelHealth.Ingest.Formats.Records;

/// <summary>A JSON format other than the native ones.</summary>
internal interface IRecordFormat
{
    /// <summary>Whether a value is of this format, by members no other accepted format has. Looks at the top level only.</summary>
    bool Recognizes(JsonElement record);

    /// <summary>Hands every event in it to the scope, and what is none as a refusal.</summary>
    void Read(JsonElement record, RecordScope scope);
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace SentinelHealth.Detection.Alerts;

/// <summary>How alerts and incidents are written as JSON, everywhere: files, API, stores.</summary>
public static class AlertJson
{
    /// <summary>Camel case, enums by their published names, no indentation.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Default,
    };
}

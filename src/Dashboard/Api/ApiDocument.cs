using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SentinelHealth.Dashboard.Security;

namespace SentinelHealth.Dashboard.Api;

/// <summary>
/// Makes the OpenAPI document one that can be worked with: who may call each operation, how refusals look, which headers it knows, and an example of every body.
/// Everything is derived, so that a new route has it too.
/// </summary>
internal sealed class ApiDocument : IOpenApiDocumentTransformer
{
    private const string ProblemJson = "application/problem+json", Scheme = "bearer";

    private static readonly (int Status, string Title, string Meaning)[] Refusals =
    [
        (401, "Unauthorized", "No token, or one that does not work any more."),
        (403, "Forbidden", "The role or a scope of the token does not include this."),
        (429, "Too Many Requests", "Too many requests; Retry-After says in how many seconds to come back."),
    ];

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "SentinelHealth";
        document.Info.Description =
            "What the monitor knows and what people may order. Send a token as `Authorization: Bearer …`. Refusals are problem documents (RFC 9457); lists have cursors.";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
        var policies = context.DescriptionGroups.SelectMany(group => group.Items)
            .ToLookup(item => $"{item.HttpMethod} /{item.RelativePath?.TrimEnd('/')}", PolicyOf);
        foreach (var (path, item) in document.Paths)
        {
            if (item.Operations is not { } operations)
                continue;
            foreach (var (method, operation) in operations)
            {
                var token = new OpenApiSecuritySchemeReference(Scheme, document);
                operation.Security = [new OpenApiSecurityRequirement { [token] = [] }];
                Complete(operation, method, path, policies[$"{method.Method} {path.TrimEnd('/')}"].FirstOrDefault() ?? Policies.View);
            }
        }
        return Task.CompletedTask;
    }

    private static string PolicyOf(ApiDescription item) => item.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>()
        .Select(data => data.Policy).LastOrDefault(policy => policy is not null) ?? Policies.View;

    private static void Complete(OpenApiOperation operation, HttpMethod method, string path, string policy)
    {
        operation.Description ??= $"{operation.Summary}. For the roles {string.Join(", ", Policies.Table[policy])}; a limited token needs the scope {policy}.";
        operation.Responses ??= new OpenApiResponses();
        foreach (var (status, title, meaning) in Refusals)
            operation.Responses.TryAdd($"{status}", Refusal(status, title, meaning));
        if (method == HttpMethod.Post && path.StartsWith("/api/v1/", StringComparison.Ordinal) && !path.EndsWith("/events", StringComparison.Ordinal))
        {
            AddHeader(operation, Idempotency.Header, "The same order under the same key is carried out once; another order under it is refused with 422.");
            operation.Responses.TryAdd("422", Refusal(422, "The key was used for another order.", "The key came with another order before."));
        }
        if (method == HttpMethod.Patch || ChangesPlace(method, path))
        {
            AddHeader(operation, "If-Match", "The ETag of what was read, or * for any.");
            operation.Responses.TryAdd("412", Refusal(412, "It was changed meanwhile.", "Somebody else changed it since it was read."));
        }
        foreach (var (media, content) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
            Exemplify(media, content);
        foreach (var response in operation.Responses.Values)
        {
            foreach (var (media, content) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
                Exemplify(media, content);
        }
    }

    /// <summary>Where an incident is shown is changed by orders that name the version they were decided on.</summary>
    private static bool ChangesPlace(HttpMethod method, string path) =>
        method == HttpMethod.Post && path.StartsWith("/api/v1/triage/incidents/", StringComparison.Ordinal)
        && !path.EndsWith("/notes", StringComparison.Ordinal);

    private static void Exemplify(string media, OpenApiMediaType content)
    {
        if (content.Example is null && content.Schema is { } schema && media.Contains("json", StringComparison.Ordinal))
            content.Example = media == ProblemJson ? Problem(400, "It cannot be taken so.", "What is wrong, in a sentence.") : ApiExample.Of(schema);
    }

    private static void AddHeader(OpenApiOperation operation, string name, string meaning)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = meaning,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }

    private static OpenApiResponse Refusal(int status, string title, string meaning) => new()
    {
        Description = meaning,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [ProblemJson] = new() { Example = Problem(status, title, meaning) },
        },
    };

    private static JsonObject Problem(int status, string title, string detail) => new()
    {
        ["type"] = "about:blank",
        ["title"] = title,
        ["status"] = status,
        ["detail"] = detail,
    };
}

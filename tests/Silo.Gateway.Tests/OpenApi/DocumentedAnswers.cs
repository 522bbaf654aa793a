using System.Text.Json;
using System.Text.RegularExpressions;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.OpenApi;

/// <summary>The API's document, against which every answer that a test gets is held: status, media type, shape and code.</summary>
internal sealed class DocumentedAnswers
{
    /// <summary>What is answered where no operation is.</summary>
    private static readonly string[] CodesElsewhere = ["not_found", "method_not_allowed", "key_missing", "key_invalid", "host_not_allowed", "origin_not_allowed", "not_same_origin", "not_loopback"];

    private readonly SchemaCheck _schemas;
    private readonly List<(Regex Path, JsonElement Operations)> _paths;

    public DocumentedAnswers(byte[] utf8)
    {
        Document = JsonElement.Parse(utf8);
        _schemas = new SchemaCheck(Document);
        _paths = [.. Document.GetProperty("paths").EnumerateObject().Select(path => (new Regex($"^{Regex.Replace(path.Name, @"\{\w+\}", "[^/]+")}/?$"), path.Value))];
    }

    public JsonElement Document { get; }

    /// <exception cref="Xunit.Sdk.XunitException">The answer is not as the document says.</exception>
    public void Check(HttpMethod method, string path, Answer answer)
    {
        if (Operation(method, path) is not { } operation)
        {
            if (path.StartsWith("/api", StringComparison.Ordinal))
                Assert.Contains(answer.Problem, CodesElsewhere);
            return;
        }

        var where = $"{method} {path} answered {answer.Code}";
        Assert.True(operation.GetProperty("responses").TryGetProperty($"{answer.Code}", out var response), $"{where}, which the document does not have: {answer.Text}");
        if (!response.TryGetProperty("content", out var content))
        {
            Assert.Equal("", answer.Text);
            return;
        }

        Assert.True(content.TryGetProperty(answer.ContentType ?? "", out var media), $"{where} as {answer.ContentType}, which the document does not have.");
        if (media.TryGetProperty("schema", out var schema))
            Assert.Empty(Parts(answer).SelectMany(part => _schemas.Misfits(part, schema)).Select(misfit => $"{where}: {misfit}"));
    }

    public JsonElement? Operation(HttpMethod method, string path) => _paths
        .Where(known => known.Path.IsMatch(path))
        .Select(known => known.Operations.TryGetProperty(method.Method.ToLowerInvariant(), out var operation) ? operation : (JsonElement?)null)
        .FirstOrDefault(operation => operation is not null);

    private static IEnumerable<JsonElement> Parts(Answer answer) => answer.ContentType switch
    {
        "application/x-ndjson" => answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)),
        "application/json" or "application/problem+json" => [answer.Json],
        _ => [],
    };
}

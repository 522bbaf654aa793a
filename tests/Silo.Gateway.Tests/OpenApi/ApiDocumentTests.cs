using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Gateway.Security;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.OpenApi;

public sealed class ApiDocumentTests
{
    [Fact]
    public async Task Document_AgainstTheRoutes_HasEachAndNoOther()
    {
        await using var server = await GatewayServer.StartAsync();
        var document = await ReadAsync(server);

        var routes = server.Routes.SelectMany(route => MethodsOf(route).Select(method => $"{method} {PathOf(route)}"));
        var operations = Operations(document).Select(operation => $"{operation.Method} {operation.Path}");

        Assert.Equal(routes.Order(StringComparer.Ordinal), operations.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_ReadByALibrary_IsWellFormed()
    {
        await using var server = await GatewayServer.StartAsync();
        var text = (await server.GetAsync("/api/v1/openapi.json")).Text;

        var read = OpenApiDocument.Parse(text, "json");

        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic!.SpecificationVersion);
        Assert.Empty(read.Diagnostic.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
    }

    [Fact]
    public async Task Document_EveryReference_PointsToSomethingAndEverySchemaIsUsed()
    {
        await using var server = await GatewayServer.StartAsync();
        var document = await ReadAsync(server);
        var references = References(document).ToHashSet();
        var schemas = new SchemaCheck(document);

        Assert.All(references, reference => Assert.Equal(JsonValueKind.Object, schemas.Resolve(reference).ValueKind));
        Assert.Equal(
            document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => $"#/components/schemas/{schema.Name}").Order(StringComparer.Ordinal),
            references.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_EveryOperation_SaysWhatItIsAndWhichScopeItNeeds()
    {
        await using var server = await GatewayServer.StartAsync();
        var document = await ReadAsync(server);
        var operations = Operations(document).ToDictionary(operation => $"{operation.Method} {operation.Path}", operation => operation.Value);

        foreach (var route in server.Routes)
        {
            var access = route.Metadata.GetMetadata<RouteAccess>()!;
            foreach (var operation in MethodsOf(route).Select(method => operations[$"{method} {PathOf(route)}"]))
            {
                Assert.NotEqual("", operation.GetProperty("summary").GetString());
                Assert.Equal(access.NeedsKey, operation.TryGetProperty("security", out var security) && security.GetArrayLength() == 1);
                Assert.Equal(access.Scopes.Select(WireNames.Of).SingleOrDefault(), operation.TryGetProperty("x-silo-scope", out var scope) ? scope.GetString() : null);
                var inPath = operation.TryGetProperty("parameters", out var parameters)
                    ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString())
                    : [];
                Assert.Equal(route.RoutePattern.Parameters.Select(parameter => parameter.Name), inPath);
            }
        }

        var ids = operations.Values.Select(operation => operation.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task Document_ProblemCodes_AreTheKnownOnesAllOfThem()
    {
        await using var server = await GatewayServer.StartAsync();
        var document = await ReadAsync(server);

        var told = Operations(document).SelectMany(operation => operation.Value.GetProperty("responses").EnumerateObject())
            .SelectMany(response => CodesIn(response.Value)).ToHashSet();
        var known = typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!);

        // No route is a path of no route, nor takes a method that it does not take.
        Assert.Equal(known.Except([ProblemCodes.MethodNotAllowed]).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_WithKeys_IsForWhoHasOne()
    {
        await using var server = await GatewayServer.StartAsync(GatewayServer.Keyed("the-key-for-everything"));

        Assert.Equal("key_missing", (await server.GetAsync("/api/v1/openapi.json")).Problem);
    }

    [Fact]
    public void SchemaCheck_WhatDoesNotFit_IsFound()
    {
        var schema = JsonElement.Parse("""{"type":"object","required":["a"],"properties":{"a":{"type":"integer"},"b":{"anyOf":[{"type":"string","enum":["x"]},{"type":"null"}]},"c":{"type":"array","items":{"type":"number"}}}}""");
        string[] Misfits(string json) => [.. new SchemaCheck(schema).Misfits(JsonElement.Parse(json), schema)];

        Assert.Empty(Misfits("""{"a":1,"b":null,"c":[1,1.5]}"""));
        Assert.Equal(["$.a is missing"], Misfits("{}"));
        Assert.Equal(["$.a is number, not integer"], Misfits("""{"a":1.5}"""));
        Assert.Single(Misfits("""{"a":1,"b":"y"}"""));
        Assert.Equal(["$.c[1] is string, not number"], Misfits("""{"a":1,"c":[1,""]}"""));
        Assert.Equal(["$.d is not described"], Misfits("""{"a":1,"d":1}"""));
    }

    private static async Task<JsonElement> ReadAsync(GatewayServer server) => (await server.GetAsync("/api/v1/openapi.json")).Json;

    private static IEnumerable<string> MethodsOf(RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods;

    private static string PathOf(RouteEndpoint route) => route.RoutePattern.RawText is { Length: > 1 } text ? text.TrimEnd('/') : "/";

    private static IEnumerable<(string Method, string Path, JsonElement Value)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.NameEquals("$ref") ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private static IEnumerable<string> CodesIn(JsonElement response)
    {
        if (!response.TryGetProperty("content", out var content) || !content.TryGetProperty(ApiProblem.ContentType, out var media))
            return [];
        var code = media.GetProperty("schema").GetProperty("allOf")[1].GetProperty("properties").GetProperty("code");
        return code.GetProperty(code.TryGetProperty("enum", out _) ? "enum" : "examples").EnumerateArray().Select(value => value.GetString()!);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Silo.Contracts.Json;
using Silo.Contracts.Problems;
using Silo.Gateway.Security;

namespace Silo.Gateway.OpenApi;

/// <summary>Writes what a route says of itself into its operation.</summary>
internal sealed class OperationParts : IOpenApiOperationTransformer
{
    public const string SecurityScheme = "key";

    /// <summary>Where an operation names the scope that its key must have.</summary>
    public const string ScopeExtension = "x-silo-scope";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var access = metadata.OfType<RouteAccess>().LastOrDefault() ?? RouteAccess.AnyKey;
        AddAccess(operation, access, context.Document!);
        operation.Parameters = [.. operation.Parameters ?? [], .. metadata.OfType<QueryPart>().Select(Parameter)];
        await AddBodyAsync(operation, [.. metadata.OfType<BodyPart>()], context, cancellationToken);
        operation.Responses = [];
        foreach (var answers in metadata.OfType<AnswerPart>().GroupBy(answer => answer.Status).OrderBy(group => group.Key))
            operation.Responses[$"{answers.Key}"] = await AnswerAsync([.. answers], context, cancellationToken);
        var problem = await NamedSchemas.OfAsync(typeof(ApiProblem), context, cancellationToken);
        var api = context.Description.RelativePath!.StartsWith("api/", StringComparison.Ordinal);
        RefusalPart[] shared = [.. RefusalSets.Everywhere, .. api ? RefusalSets.Api : [], .. access.NeedsKey ? RefusalSets.Keyed : [], .. access.Scopes.Count > 0 ? RefusalSets.Scoped : []];
        foreach (var refusals in metadata.OfType<RefusalPart>().Concat(shared).GroupBy(refusal => refusal.Status).OrderBy(group => group.Key))
            operation.Responses[$"{refusals.Key}"] = Refusal([.. refusals], problem);
    }

    private static void AddAccess(OpenApiOperation operation, RouteAccess access, OpenApiDocument document)
    {
        operation.Security = access.NeedsKey ? [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [] }] : [];
        if (access.Scopes is not [var scope])
            return;
        operation.Description = $"Needs a key with the scope `{WireNames.Of(scope)}`.";
        operation.AddExtension(ScopeExtension, new JsonNodeExtension(WireNames.Of(scope)));
    }

    private static OpenApiParameter Parameter(QueryPart part) => new()
    {
        Name = part.Name,
        In = ParameterLocation.Query,
        Description = part.Description,
        Schema = new OpenApiSchema
        {
            Type = part.Type switch { "integer" => JsonSchemaType.Integer, "number" => JsonSchemaType.Number, _ => JsonSchemaType.String },
            Format = part.Format,
            Enum = part.Values?.Select(value => (JsonNode)value).ToList(),
            Minimum = part.Minimum?.ToString(CultureInfo.InvariantCulture),
            Maximum = part.Maximum?.ToString(CultureInfo.InvariantCulture),
        },
    };

    private static async Task AddBodyAsync(OpenApiOperation operation, List<BodyPart> bodies, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (bodies.Count == 0)
            return;
        var body = new OpenApiRequestBody { Required = bodies.Exists(part => part.Required), Content = new Dictionary<string, OpenApiMediaType>() };
        foreach (var part in bodies)
            body.Content[part.MediaType] = await MediaAsync(part.Types, context, cancellationToken);
        operation.RequestBody = body;
    }

    private static async Task<OpenApiResponse> AnswerAsync(List<AnswerPart> answers, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var response = new OpenApiResponse { Description = string.Join(" ", answers.Select(answer => answer.Description)) };
        foreach (var answer in answers.Where(answer => answer.MediaType is not null))
        {
            response.Content ??= new Dictionary<string, OpenApiMediaType>();
            response.Content[answer.MediaType!] = await MediaAsync(answer.Types, context, cancellationToken);
        }

        return response;
    }

    private static async Task<OpenApiMediaType> MediaAsync(IReadOnlyList<Type> types, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schemas = new List<IOpenApiSchema>();
        foreach (var type in types)
            schemas.Add(await NamedSchemas.OfAsync(type, context, cancellationToken));
        return new OpenApiMediaType { Schema = schemas switch { [] => new OpenApiSchema(), [var only] => only, _ => new OpenApiSchema { AnyOf = schemas } } };
    }

    private static OpenApiResponse Refusal(List<RefusalPart> refusals, IOpenApiSchema problem)
    {
        var codes = refusals.SelectMany(refusal => refusal.Codes).Distinct().Order(StringComparer.Ordinal).ToList();
        var more = refusals.Exists(refusal => refusal.MoreCodes);
        List<JsonNode> values = [.. codes.Select(code => (JsonNode)code)];
        var narrowed = new OpenApiSchema
        {
            Properties = new Dictionary<string, IOpenApiSchema> { ["code"] = more ? new OpenApiSchema { Examples = values } : new OpenApiSchema { Enum = values } },
        };
        return new OpenApiResponse
        {
            Description = $"Refused: {string.Join(", ", codes.Select(code => $"`{code}`"))}{(more ? ", or a code of the handler's own" : "")}.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ApiProblem.ContentType] = new() { Schema = new OpenApiSchema { AllOf = [problem, narrowed] } },
            },
        };
    }
}

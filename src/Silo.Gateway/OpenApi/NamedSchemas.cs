using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Silo.Contracts.Json;

namespace Silo.Gateway.OpenApi;

/// <summary>The records' schemas, each once and under its name.</summary>
/// <remarks>Schemas that are asked for by a transformer come whole, with all that is nested in them; this takes them apart.</remarks>
internal static class NamedSchemas
{
    private const string NameKey = "silo-record";
    private const string NullableKey = "silo-nullable";

    /// <summary>Says what the generator cannot see, and marks records, so that they are found again inside others.</summary>
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var given = context.JsonTypeInfo.Type;
        var type = Nullable.GetUnderlyingType(given) ?? given;
        if (type == typeof(DateTimeOffset))
            (schema.Type, schema.Format) = (given == type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null, "date-time");
        else if (type == typeof(RawJson))
            schema.Type = null;
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
            Mark(schema, type.Name, context.JsonPropertyInfo?.IsGetNullable == true);
        return Task.CompletedTask;
    }

    /// <summary>A reference to a type's schema, which is put among the document's with every record in it.</summary>
    public static async Task<IOpenApiSchema> OfAsync(Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken) =>
        type.IsArray
            ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = await OfAsync(type.GetElementType()!, context, cancellationToken) }
            : Lift(await context.GetOrCreateSchemaAsync(type, null, cancellationToken), context.Document!);

    private static void Mark(OpenApiSchema schema, string name, bool nullable)
    {
        schema.Metadata ??= new Dictionary<string, object>();
        schema.Metadata[NameKey] = name;
        schema.Metadata[NullableKey] = nullable;
        // Requests are read strictly; answers may have more in a later version.
        schema.AdditionalPropertiesAllowed = !name.EndsWith("Request", StringComparison.Ordinal);
    }

    private static IOpenApiSchema Lift(IOpenApiSchema found, OpenApiDocument document)
    {
        if (found is not OpenApiSchema schema)
            return found;
        foreach (var (name, property) in schema.Properties?.ToList() ?? [])
            schema.Properties![name] = Lift(property, document);
        schema.Items = schema.Items is { } items ? Lift(items, document) : null;
        if (schema.Metadata is null || !schema.Metadata.TryGetValue(NameKey, out var mark) || mark is not string record)
            return schema;

        schema.Type = JsonSchemaType.Object;
        document.AddComponent(record, schema);
        var reference = new OpenApiSchemaReference(record, document);
        return schema.Metadata[NullableKey] is true ? new OpenApiSchema { AnyOf = [reference, new OpenApiSchema { Type = JsonSchemaType.Null }] } : reference;
    }
}

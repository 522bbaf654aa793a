using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Silo.Contracts.Json;
using Silo.Gateway.Security;

namespace Silo.Gateway.OpenApi;

internal static class OpenApiRegistration
{
    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.Configure<JsonOptions>(json =>
        {
            // Schemas are of what is written and read here, by the generated descriptions that do it.
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Wire);
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        services.AddSingleton<ApiDocument>();
        services.AddOpenApi(ApiDocument.Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = route => route.ActionDescriptor.EndpointMetadata.OfType<RouteAccess>().Any();
            options.AddSchemaTransformer(NamedSchemas.Describe);
            options.AddOperationTransformer<OperationParts>();
            options.AddDocumentTransformer(DescribeDocument);
        });
        return services;
    }

    private static Task DescribeDocument(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Silo",
            Version = ApiDocument.Name,
            Description = "Tasks, queues and nodes of a Silo server, and the protocol by which programs join it as nodes. "
                + "Every problem of a request is told at once, with a stable code. The schema of newline-delimited JSON is that of one line; of a stream of events, that of one event's data.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.AddComponent(OperationParts.SecurityScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key; `X-Api-Key: KEY` is as good, and so is a session's cookie. A server without keys asks for none.",
        });
        return Task.CompletedTask;
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Silo.Gateway.Requests;
using Silo.Gateway.Security;

namespace Silo.Gateway.OpenApi;

/// <summary>The API's own description, made of what its routes declare.</summary>
internal static class OpenApiEndpoints
{
    public static void MapOpenApiDocument(this RouteGroupBuilder api) => api.MapGet("/openapi.json", ReadAsync)
        .RequireKey()
        .WithTags("server")
        .Describe("readOpenApi", "Describes this API as an OpenAPI document.")
        .Answers(new AnswerPart(StatusCodes.Status200OK, "An OpenAPI 3.1 document.", "application/json"));

    private static async Task<IResult> ReadAsync(HttpContext context, ApiDocument document) =>
        NoQuery.Refuse(context.Request) is { } refusal ? refusal : Results.Bytes(await document.ReadAsync(context.RequestAborted), "application/json");
}

using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Silo.Gateway.Requests;

/// <summary>Answers that carry a record.</summary>
internal static class Answer
{
    public static JsonHttpResult<T> Ok<T>(T value, JsonTypeInfo<T> info) => With(StatusCodes.Status200OK, value, info);

    public static JsonHttpResult<T> With<T>(int status, T value, JsonTypeInfo<T> info) => TypedResults.Json(value, info, statusCode: status);
}

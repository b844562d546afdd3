"""The rows of the table: each module has `async def run(ctx: Context) -> list[Row]`."""

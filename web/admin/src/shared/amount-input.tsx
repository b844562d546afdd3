// A number people type: money, points, shares. Point and comma are both the decimal separator, in every language.
import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';
import { decimals } from './format';
import { useLanguage } from './words';

type Amount = number | '';

interface AmountInputProps extends Omit<NumberInputProps, 'value' | 'defaultValue' | 'onChange'> {
  /** A number, or one as documents and forms write it; nothing: an empty field. */
  value?: number | string | null | undefined;
  onChange?: (amount: Amount) => void;
  /** Of money: how many decimals there are, and what stands behind them. */
  currency?: string | null | undefined;
}

export function AmountInput({ value, onChange, onBlur, currency, decimalScale, suffix, ...rest }: AmountInputProps) {
  const language = useLanguage();
  const scale = decimalScale ?? (currency ? decimals(currency) : undefined);
  // What is half typed ("90,", "0.", "-") is no number yet. It stays in the field as it is; written anew, it would be gone.
  const [typed, setTyped] = useState<number | string | null>(null);
  const amount = amountOf(value);
  const after = suffix ?? (currency ? ` ${currency}` : undefined);
  return (
    <NumberInput
      {...rest}
      value={typed !== null && amountOf(typed) === amount ? typed : rested(amount, currency)}
      onChange={(next) => {
        const said = typeof next === 'bigint' ? Number(next) : next;
        setTyped(said);
        onChange?.(amountOf(said));
      }}
      onBlur={(event) => {
        setTyped(null);
        onBlur?.(event);
      }}
      decimalSeparator={language === 'es' ? ',' : '.'}
      thousandSeparator={language === 'es' ? '.' : ','}
      allowedDecimalSeparators={['.', ',']}
      {...(scale === undefined ? {} : { decimalScale: scale })}
      {...(after === undefined ? {} : { suffix: after })}
    />
  );
}

function amountOf(value: number | string | null | undefined): Amount {
  const number = value === null || value === undefined || value === '' ? NaN : Number(value);
  return Number.isNaN(number) ? '' : number;
}

/** As it stands there while nobody types: 90 as 90, 90.5 of a currency with cents as 90.50. */
function rested(amount: Amount, currency: string | null | undefined): Amount | string {
  return amount === '' || Number.isInteger(amount) || !currency ? amount : written(amount, decimals(currency));
}

/** With at least so many decimals. */
export function written(number: number, least: number): string {
  const [whole = '0', fraction = ''] = String(number).split('.');
  return least === 0 && fraction === '' ? whole : `${whole}.${fraction.padEnd(least, '0')}`;
}
